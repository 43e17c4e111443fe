using ReactiveLink.Tests.Support;

namespace ReactiveLink.Tests.Transport;

/// <summary>Counts what the whole process holds, so no other test may run meanwhile.</summary>
[Collection("Memory")]
[Needs(Capability.Linux)]
public sealed class OpenCloseTests
{
    private const int Cycles = 2000;

    /// <summary>Timers of the test host and of the runtime, which come and go; one left by each cycle would be thousands.</summary>
    private const int TimersOfOthers = 5;

    private static async Task Leaves_nothing(Func<Task> cycle)
    {
        for (var i = 0; i < 20; i++)
        {
            await cycle();
        }

        Eventually.True(() => Descriptors.ReceiveThreads == 0, "the threads of other tests have ended");
        var (descriptors, threads, timers) = (Descriptors.Count, Descriptors.Threads, Timer.ActiveCount);
        for (var i = 0; i < Cycles; i++)
        {
            await cycle();
        }

        Eventually.True(() => Descriptors.ReceiveThreads == 0, "every receive thread has ended");
        Eventually.True(() => Descriptors.Count <= descriptors, "every descriptor is closed");
        Eventually.True(() => Timer.ActiveCount <= timers + TimersOfOthers, "no timer is left");

        // The thread pool may have grown meanwhile, by a few and not by one a cycle.
        Assert.InRange(Descriptors.Threads, 1, threads + ThreadPool.ThreadCount);
    }

    [CapableTheory]
    [InlineData(SocketEngine.Automatic, PayloadMemory.Kept)]
    [InlineData(SocketEngine.Automatic, PayloadMemory.Borrowed)]
    [InlineData(SocketEngine.Portable, PayloadMemory.Kept)]
    public Task Two_thousand_transports_leave_no_descriptor_thread_or_timer(SocketEngine engine, PayloadMemory memory)
    {
        var payload = new OutgoingDatagram[] { new(new byte[64]), new(new byte[64]) };
        return Leaves_nothing(async () =>
        {
            await using var listener = UdpTransport.Listen("127.0.0.1:0", o => o with { Engine = engine, PayloadMemory = memory });
            await using var client = UdpTransport.Connect(listener.LocalEndpoint.ToString(), o => o with { Engine = engine });
            var come = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            using var subscription = listener.Datagrams.Subscribe(_ => come.TrySetResult());
            listener.Start();
            client.Send(payload, out _);
            await Deadline.Within(come.Task);
        });
    }

    [CapableFact]
    public Task Two_thousand_links_leave_no_descriptor_thread_or_timer() => Leaves_nothing(async () =>
    {
        await using var link = UdpLink.Open("127.0.0.1:0");
        await using var client = UdpLink.Connect(link.LocalEndpoint.ToString());
        var come = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var statistics = link.Statistics.Subscribe(_ => { });
        using var handler = link.Handle(MessageType.Data, _ => come.TrySetResult());
        await client.SendAsync(1);
        await Deadline.Within(come.Task);
    });
}
