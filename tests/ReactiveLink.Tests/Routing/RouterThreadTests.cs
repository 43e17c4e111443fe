using System.Collections.Concurrent;
using System.Reactive.Concurrency;
using ReactiveLink.Routing;
using ReactiveLink.Tests.Messages;
using static ReactiveLink.Tests.Routing.HandlerBench;

namespace ReactiveLink.Tests.Routing;

/// <summary>On real threads, each wait with a deadline.</summary>
public sealed class RouterThreadTests
{
    private readonly ConcurrentQueue<Fault> _faults = new();

    [Fact]
    public void Eight_threads_post_and_every_message_is_accounted_for()
    {
        const int Each = 5000;
        using var router = new Router(TaskPoolScheduler.Default, _faults.Enqueue);
        var options = new RouteOptions { Capacity = 100 };
        router.Handle(MessageType.Data, _ => { }, options);
        router.Handle(m => m.Type == MessageType.Command, async (_, _) => await Task.Yield(), options);
        Message[] messages = [Frames.Message(), Frames.Message("command"), Frames.Message("other")];

        Join([.. Enumerable.Range(0, 8).Select(_ => new Thread(() =>
        {
            for (var i = 0; i < Each * 3; i++)
            {
                router.Post(messages[i % 3]);
            }
        }))]);
        Until(() => router.GetStatistics().All(s => s.Pending == 0 && s.Running == 0 && s.Handled + s.Dropped == s.Offered));

        var statistics = router.GetStatistics();
        Assert.All(statistics, s => Assert.Equal(8 * Each, s.Offered));
        Assert.Equal(8 * Each, router.Unhandled);
        Assert.Equal(statistics.Sum(s => s.Dropped), _faults.Count);
    }

    [Fact]
    public void A_route_whose_handlers_all_block_delays_no_other()
    {
        using var release = new ManualResetEventSlim();
        using var done = new CountdownEvent(100);
        using var router = new Router(TaskPoolScheduler.Default, _faults.Enqueue);
        router.Handle(MessageType.Data, _ => release.Wait(Deadline), new RouteOptions { Concurrency = 2 });
        router.Handle(MessageType.Data, _ => done.Signal());
        var message = Frames.Message();

        for (var i = 0; i < 100; i++)
        {
            router.Post(message);
        }

        Assert.True(done.Wait(Deadline));
        Until(() => router.GetStatistics()[0] is { Running: 2, Pending: 98 });
        release.Set();
        Until(() => router.GetStatistics()[0].Handled == 100);
    }

    [Fact]
    public void Routes_come_and_go_while_messages_are_posted()
    {
        using var router = new Router(TaskPoolScheduler.Default, _faults.Enqueue);
        var message = Frames.Message();
        var stop = false;
        var posters = Enumerable.Range(0, 2).Select(_ => new Thread(() =>
        {
            while (!Volatile.Read(ref stop))
            {
                router.Post(message);
            }
        })).ToArray();
        Array.ForEach(posters, thread => thread.Start());

        for (var i = 0; i < 100; i++)
        {
            using var handled = new ManualResetEventSlim();
            using var byType = router.Handle(MessageType.Data, _ => handled.Set());
            using var byPredicate = router.Handle(_ => true, _ => { });
            Assert.True(handled.Wait(Deadline));
        }

        Volatile.Write(ref stop, true);
        Assert.All(posters, thread => Assert.True(thread.Join(Deadline)));
        Assert.False(router.HasRoutes);
    }

    [Fact]
    public void Posting_allocates_nothing_in_steady_state()
    {
        var handled = 0;
        var posted = 0;
        using var router = new Router(TaskPoolScheduler.Default, _faults.Enqueue);
        router.Handle(MessageType.Data, _ => Interlocked.Increment(ref handled));
        var message = Frames.Message();
        Post(50);
        var before = GC.GetAllocatedBytesForCurrentThread();

        Post(100);

        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 50_000d, 0, 2);
        Assert.Empty(_faults);

        void Post(int bursts)
        {
            for (var burst = 0; burst < bursts; burst++)
            {
                for (var i = 0; i < 500; i++)
                {
                    router.Post(message);
                }

                posted += 500;
                while (Volatile.Read(ref handled) != posted)
                {
                    Thread.Yield();
                }
            }
        }
    }
}
