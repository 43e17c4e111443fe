using System.Diagnostics;
using System.Reactive.Concurrency;
using System.Reactive.Disposables;

namespace ReactiveLink.Metrics.Tests.Registry;

/// <summary>What many threads do at the same time is exact, and nobody is called under a lock.</summary>
public sealed class MetricThreadTests
{
    private const int Threads = 8;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    [Fact]
    public void Readers_see_totals_buckets_and_values_of_one_instant()
    {
        using var registry = new MetricRegistry();
        var histogram = registry.GetOrAddHistogram("h", bounds: [1, 2, 3, 4]);
        const int PerThread = 40_000;
        var running = Start(number =>
        {
            for (var i = 0; i < PerThread; i++)
            {
                histogram.Record(number % 5);
            }
        });
        long last = 0;
        while (running.IsAlive)
        {
            var statistics = histogram.GetStatistics();
            Assert.Equal(statistics.Count, statistics.Held + statistics.Evicted + statistics.Expired);
            var snapshot = histogram.GetSnapshot();
            Assert.Equal(snapshot.Count, snapshot.Counts.Sum());
            Assert.True(snapshot.Count >= last);
            last = snapshot.Count;
        }

        running.Join();
        var end = histogram.GetSnapshot();
        Assert.Equal((long)Threads * PerThread, end.Count);
        Assert.Equal(PerThread * (0.0 + 1 + 2 + 3 + 4 + 0 + 1 + 2), end.Sum);
        Assert.Equal<long>([4 * PerThread, 2 * PerThread, PerThread, PerThread, 0], end.Counts);
    }

    [Fact]
    public void A_value_is_before_a_reset_or_after_it()
    {
        using var registry = new MetricRegistry();
        var counter = registry.GetOrAddCounter("c");
        var running = Start(_ =>
        {
            for (var i = 0; i < 40_000; i++)
            {
                counter.Add();
            }
        });
        while (running.IsAlive)
        {
            counter.Reset();
            var statistics = counter.GetStatistics();
            Assert.Equal(statistics.Count, statistics.Sum);
            Assert.Equal(statistics.Count, statistics.Held + statistics.Evicted + statistics.Expired);
        }

        running.Join();
        counter.Reset();
        Assert.Equal(0, counter.Value);
        Start(_ => counter.Add(3)).Join();
        Assert.Equal(24, counter.Value);
    }

    [Fact]
    public void Values_of_threads_that_have_ended_stay()
    {
        using var registry = new MetricRegistry();
        var counter = registry.GetOrAddCounter("c");
        for (var round = 1; round <= 30; round++)
        {
            Start(_ =>
            {
                for (var i = 0; i < 100; i++)
                {
                    counter.Add();
                }
            }).Join();

            // Their places are given to others once they are collected.
            GC.Collect();
            GC.WaitForPendingFinalizers();
            Assert.Equal(round * Threads * 100, counter.Value);
        }
    }

    [Fact]
    public void Unregistering_while_recording_does_no_harm_and_the_name_is_free_again()
    {
        using var registry = new MetricRegistry();
        long accepted = 0;
        var running = Start(_ =>
        {
            for (var i = 0; i < 20_000; i++)
            {
                if (registry.Record("g", 1))
                {
                    Interlocked.Increment(ref accepted);
                }
            }
        });
        while (running.IsAlive)
        {
            var gauge = registry.GetOrAddGauge("g");
            using var samples = gauge.Samples.Subscribe(_ => { });
            Assert.True(registry.Unregister("g"));
            Assert.Equal(0, registry.GetStatistics().Metrics);
        }

        running.Join();
        Assert.Equal(Threads * 20_000, accepted + registry.GetStatistics().RefusedUnknown);
        Assert.Equal(0, registry.GetOrAddGauge("g").GetStatistics().Count);
    }

    [Fact]
    public void The_default_registry_is_one_for_all_threads()
    {
        var before = MetricRegistry.Default;
        try
        {
            using var registry = new MetricRegistry();
            MetricRegistry.Default = registry;
            registry.Register(MetricType.Counter, "c");
            Start(_ =>
            {
                for (var i = 0; i < 10_000; i++)
                {
                    Assert.True(Metric.Record("c", 2));
                }
            }).Join();

            Assert.Equal(Threads * 20_000, Metric.Get("c")!.Value);
        }
        finally
        {
            MetricRegistry.Default = before;
        }
    }

    [Fact]
    public void Values_go_by_themselves_while_threads_record()
    {
        using var registry = new MetricRegistry(new MetricRegistryOptions { Retention = TimeSpan.FromMilliseconds(20), CleanUpInterval = TimeSpan.FromMilliseconds(10) });
        var counter = registry.GetOrAddCounter("c");
        Start(_ =>
        {
            for (var i = 0; i < 20_000; i++)
            {
                counter.Add();
            }
        }).Join();

        Assert.True(SpinWait.SpinUntil(() => counter.GetStatistics().Held == 0 && !registry.Clock.IsArmed, Deadline));
        var statistics = counter.GetStatistics();
        Assert.Equal(Threads * 20_000, statistics.Evicted + statistics.Expired);
        Assert.Equal(Threads * 20_000, statistics.Count);
    }

    [Fact]
    public void The_scheduler_and_its_stopwatch_may_call_back_and_wait_for_other_threads_that_do()
    {
        var scheduler = new CallingScheduler();
        using var registry = new MetricRegistry(new MetricRegistryOptions { Scheduler = scheduler, MaximumValues = 100 });
        var counter = registry.GetOrAddCounter("c");
        var histogram = registry.GetOrAddHistogram("h");
        var calls = 0;
        scheduler.Called = () =>
        {
            // More threads than have places of their own would find the shared cell's lock held.
            calls++;
            var other = new Thread(() =>
            {
                counter.Add();
                histogram.Record(1);
                counter.GetSummary();
                histogram.GetSnapshot();
                registry.GetStatistics();
                registry.CleanUp();
                registry.GetOrAddGauge("g").Set(1);
                registry.Unregister("g");
            });
            other.Start();
            Assert.True(other.Join(Deadline), "A lock was held while the scheduler was called.");
            counter.Add();
        };

        for (var i = 0; i < 100; i++)
        {
            counter.Add();
            histogram.Record(i);
        }

        counter.GetSummary();
        counter.Aggregate(Aggregation.Percentile);
        counter.GetStatistics();
        registry.CleanUp();
        scheduler.RunTimer();
        counter.Reset();
        scheduler.Called = null;
        counter.Reset();
        counter.Add(5);

        Assert.Equal(5, counter.Value);
        Assert.True(calls > 40, $"{calls} calls");
        Assert.Equal(100 + calls, histogram.GetSnapshot().Count);
    }

    private static Running Start(Action<int> body) => new(body);

    /// <summary>Threads that begin together.</summary>
    private sealed class Running
    {
        private readonly Thread[] _threads;
        private readonly Barrier _begin = new(Threads);
        private readonly Stopwatch _watch = Stopwatch.StartNew();
        private Exception? _error;

        public Running(Action<int> body)
        {
            _threads =
            [
                .. Enumerable.Range(0, Threads).Select(number => new Thread(() =>
                {
                    try
                    {
                        _begin.SignalAndWait(Deadline);
                        body(number);
                    }
                    catch (Exception exception)
                    {
                        _error = exception;
                    }
                })),
            ];
            Array.ForEach(_threads, thread => thread.Start());
        }

        public bool IsAlive => _watch.Elapsed < Deadline && _threads.Any(thread => thread.IsAlive);

        public void Join()
        {
            Assert.All(_threads, thread => Assert.True(thread.Join(Deadline), "A thread is stuck."));
            _begin.Dispose();
            Assert.Null(_error);
        }
    }

    /// <summary>Calls the test back from everything that is asked of it, unless it does already.</summary>
    private sealed class CallingScheduler : LocalScheduler
    {
        private readonly Queue<Action> _timers = new();
        private int _calling;
        private long _now;

        public Action? Called { get; set; }

        public override DateTimeOffset Now
        {
            get
            {
                Call();
                return DateTimeOffset.UnixEpoch.AddTicks(Volatile.Read(ref _now));
            }
        }

        public override IDisposable Schedule<TState>(TState state, TimeSpan dueTime, Func<IScheduler, TState, IDisposable> action)
        {
            lock (_timers)
            {
                _timers.Enqueue(() => action(this, state));
            }

            Call();
            return Disposable.Empty;
        }

        public override IStopwatch StartStopwatch() => new Watch(this);

        public void RunTimer()
        {
            Action timer;
            lock (_timers)
            {
                timer = _timers.Dequeue();
            }

            Interlocked.Add(ref _now, TimeSpan.FromSeconds(60).Ticks);
            timer();
        }

        private void Call()
        {
            if (Called is { } called && Interlocked.Exchange(ref _calling, 1) == 0)
            {
                try
                {
                    called();
                }
                finally
                {
                    Volatile.Write(ref _calling, 0);
                }
            }
        }

        private sealed class Watch(CallingScheduler scheduler) : IStopwatch
        {
            public TimeSpan Elapsed
            {
                get
                {
                    scheduler.Call();
                    return TimeSpan.FromTicks(Volatile.Read(ref scheduler._now));
                }
            }
        }
    }
}
