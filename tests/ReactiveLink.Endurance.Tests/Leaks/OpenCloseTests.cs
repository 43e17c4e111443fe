using System.Globalization;
using System.Reactive.Concurrency;
using System.Runtime.CompilerServices;
using Microsoft.Reactive.Testing;
using ReactiveLink.Metrics.Tests;
using ReactiveLink.Testing;
using ReactiveLink.Tests.Support;
using ReactiveLink.Tests.Transport;
using Xunit.Abstractions;

namespace ReactiveLink.Endurance.Tests.Leaks;

/// <summary>
/// Opened, used and closed, again and again: no socket, thread, timer, link or subscriber is left. REACTIVELINK_CYCLES says how often; 2000 times
/// unless set.
/// </summary>
[Collection(MemoryCollection.Name)]
public sealed class OpenCloseTests(ITestOutputHelper output)
{
    private const int WarmUp = 200;

    private static readonly int Cycles =
        int.Parse(Environment.GetEnvironmentVariable("REACTIVELINK_CYCLES") ?? "2000", CultureInfo.InvariantCulture);

    private static readonly byte[] Message = Wire.Message(1);

    public static TheoryData<string, SocketEngine> Real { get; } = new()
    {
        { "link", SocketEngine.Automatic },
        { "link", SocketEngine.Portable },
        { "client link", SocketEngine.Automatic },
        { "idle link", SocketEngine.Automatic },
        { "links with heartbeats and requests", SocketEngine.Automatic },
        { "transport", SocketEngine.Automatic },
        { "transport", SocketEngine.Portable },
        { "idle transport", SocketEngine.Automatic },
        { "Udp.Listen", SocketEngine.Automatic },
    };

    [Theory]
    [MemberData(nameof(Real))]
    public async Task Nothing_of_a_real_one_is_left(string kind, SocketEngine engine)
    {
        if (!OperatingSystem.IsLinux())
        {
            // There is no /proc to count in.
            return;
        }

        var scheduler = new SteppedScheduler(DefaultScheduler.Instance);
        await Repeat(WarmUp, () => Use(kind, engine, scheduler));
        var before = ProcessCensus.Take();
        var left = await Repeat(Cycles, () => Use(kind, engine, scheduler));
        AssertNothingLeft(left, scheduler);
        var after = before;
        Eventually.True(() => (after = ProcessCensus.Take()).HoldsNoMoreThan(before), "no descriptor is left open, no thread running");
        output.WriteLine($"{Cycles} times {kind}: {after.Since(before)}");
    }

    [Fact]
    public async Task Nothing_of_a_virtual_link_is_left()
    {
        var time = new TestScheduler();
        var scheduler = new SteppedScheduler(time);
        using var network = new VirtualNetwork(scheduler);
        var host = network.AddHost("a", "10.0.0.1");
        var left = await Repeat(Cycles, () => UseVirtual(host, time));

        // What had been sent has arrived or been dropped; the test's own clock has nothing else.
        time.Start();
        AssertNothingLeft(left, scheduler);
    }

    private static async Task<List<WeakReference>> Repeat(int times, Func<Task<WeakReference[]>> cycle)
    {
        var left = new List<WeakReference>();
        for (var i = 0; i < times; i++)
        {
            left.AddRange(await cycle());
        }

        // What follows would else run upon the stack of the last cycle that was waited for, which still has its link.
        await Task.Yield();
        return left;
    }

    private static void AssertNothingLeft(List<WeakReference> references, SteppedScheduler scheduler)
    {
        Assert.True(references.Count >= Cycles);
        Eventually.True(() => scheduler.Pending == 0, "no timer is set");
        Eventually.True(
            () =>
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                return references.TrueForAll(r => !r.IsAlive);
            },
            "no link and no subscriber is alive");
    }

    private static Task<WeakReference[]> Use(string kind, SocketEngine engine, IScheduler scheduler) => kind switch
    {
        "transport" => UseTransport(engine, scheduler, start: true),
        "idle transport" => UseTransport(engine, scheduler, start: false),
        "Udp.Listen" => UseListen(scheduler),
        "links with heartbeats and requests" => UseRequests(engine, scheduler),
        _ => UseLink(kind, engine, scheduler),
    };

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<WeakReference[]> UseLink(string kind, SocketEngine engine, IScheduler scheduler)
    {
        LinkOptions Configure(LinkOptions o) => o with { Transport = o.Transport with { Engine = engine, Scheduler = scheduler } };
        var link = kind == "client link" ? UdpLink.Connect("127.0.0.1:9", Configure) : UdpLink.Open("127.0.0.1:0", Configure);
        var subscribers = kind == "idle link" ? [] : await Consume(link);
        await link.DisposeAsync();
        return [new WeakReference(link), .. subscribers];
    }

    /// <summary>One request is answered, one waits yet when its link closes; the other link is drained.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<WeakReference[]> UseRequests(SocketEngine engine, IScheduler scheduler)
    {
        LinkOptions Configure(LinkOptions o) =>
            o with { Heartbeat = new HeartbeatOptions(), Transport = o.Transport with { Engine = engine, Scheduler = scheduler } };
        var answering = UdpLink.Open("127.0.0.1:0", Configure);
        var asking = UdpLink.Connect(answering.LocalEndpoint.ToString(), Configure);
        var peers = new[] { new Recorder<PeerTransition>(), new Recorder<PeerTransition>() };
        answering.Peers.Subscribe(peers[0]);
        asking.Peers.Subscribe(peers[1]);
        answering.Respond(MessageType.Command, message => message.DataAs<int>() + 1);
        var reply = await asking.RequestAsync(MessageType.Command, 1);
        Assert.Equal(2, reply.DataAs<int>());
        var unanswered = asking.RequestAsync(MessageType.Status, 1, Timeout.InfiniteTimeSpan);
        await asking.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => unanswered);
        Assert.True(await answering.DrainAsync());
        await answering.DisposeAsync();
        return [new WeakReference(answering), new WeakReference(asking), .. peers.Select(o => new WeakReference(o))];
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<WeakReference[]> UseVirtual(VirtualHost host, TestScheduler time)
    {
        var link = UdpLink.Over(host.Listen("10.0.0.1:9000"));
        var subscribers = Consume(link);
        time.AdvanceBy(TimeSpan.FromSeconds(3).Ticks);
        await subscribers;
        link.Dispose();
        time.AdvanceBy(TimeSpan.FromSeconds(10).Ticks);
        Assert.Equal(ConnectionState.Closed, link.CurrentState);
        return [new WeakReference(link), .. subscribers.Result];
    }

    /// <summary>Every stream, a handler, a wait for a message; and one message that goes all the way, but for a client of a port that nobody has.</summary>
    private static async Task<WeakReference[]> Consume(UdpLink link)
    {
        var datagrams = new Recorder<Datagram>();
        var frames = new Recorder<Sequenced<Frame>>();
        var messages = new Recorder<Message>();
        var faults = new Recorder<Fault>();
        var states = new Recorder<ConnectionState>();
        var statistics = new Recorder<LinkStatistics>();
        var peers = new Recorder<PeerTransition>();
        var handled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        link.Datagrams.Subscribe(datagrams);
        link.Frames.Subscribe(frames);
        link.Messages.Subscribe(messages);
        link.Faults.Subscribe(faults);
        link.State.Subscribe(states);
        link.Statistics.Subscribe(statistics);
        link.Peers.Subscribe(peers);
        link.Handle(MessageType.Data, _ => handled.TrySetResult());
        var received = link.ReceiveAsync(TimeSpan.FromSeconds(1));
        await link.SendAsync(1, to: link.RemoteEndpoint is null ? link.LocalEndpoint : null);
        if (link.RemoteEndpoint is null)
        {
            await handled.Task;
            Assert.NotNull(await received);
        }

        return [.. new object[] { datagrams, frames, messages, faults, states, statistics, peers }.Select(o => new WeakReference(o))];
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<WeakReference[]> UseTransport(SocketEngine engine, IScheduler scheduler, bool start)
    {
        var transport = UdpTransport.Listen("127.0.0.1:0", o => o with { Engine = engine, Scheduler = scheduler });
        var datagrams = new Recorder<Datagram>();
        transport.Datagrams.Subscribe(datagrams);
        if (start)
        {
            transport.Start();
            transport.Send(Message, transport.LocalEndpoint);
            datagrams.WaitForCount(1);
        }

        await transport.DisposeAsync();
        datagrams.WaitForEnd();
        return [new WeakReference(transport), new WeakReference(datagrams)];
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Task<WeakReference[]> UseListen(IScheduler scheduler)
    {
        var datagrams = new Recorder<Datagram>();
        var subscription = Udp.Listen("127.0.0.1:0", o => o with { Scheduler = scheduler }).Subscribe(datagrams);
        subscription.Dispose();
        return Task.FromResult<WeakReference[]>([new WeakReference(datagrams)]);
    }
}
