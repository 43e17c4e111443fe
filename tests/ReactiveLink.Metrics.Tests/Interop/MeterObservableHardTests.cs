using System.Diagnostics.Metrics;
using System.Reactive.Concurrency;
using System.Reactive.Linq;
using Microsoft.Reactive.Testing;

namespace ReactiveLink.Metrics.Tests.Interop;

/// <summary>Slow observers, schedulers that throw or call back, callbacks that hang: none of it reaches the code that records.</summary>
public sealed class MeterObservableHardTests : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly TestScheduler _scheduler = new();
    private readonly Meter _meter = new("Test." + Guid.NewGuid());

    public void Dispose() => _meter.Dispose();

    [Fact]
    public void What_a_slow_observer_misses_is_counted_and_told_with_the_next()
    {
        var counter = _meter.CreateCounter<int>("c");
        var seen = new List<(double Value, long Missed)>();
        using var subscription = MeterObservable.FromMeter(_meter.Name, scheduler: _scheduler, capacity: 2).Subscribe(measurement =>
        {
            seen.Add((measurement.Value, measurement.Missed));
            for (var i = 1; measurement.Value == 0 && i <= 5; i++)
            {
                // Within its own OnNext nothing more can be delivered: two wait, three are missed.
                counter.Add(i);
            }
        });
        counter.Add(0);
        counter.Add(6);

        Assert.Equal([(0, 0), (1, 3), (2, 3), (6, 3)], seen);
    }

    [Fact]
    public void A_scheduler_that_throws_at_the_first_timer_ends_the_stream()
    {
        var error = new InvalidOperationException("mine");
        var counter = _meter.CreateCounter<int>("c");
        var observer = _scheduler.CreateObserver<MeterMeasurement>();
        using var subscription = MeterObservable.FromMeter(_meter.Name, scheduler: new Failing(_scheduler, error) { TimersLeft = 0 }).Subscribe(observer);

        observer.Messages.AssertEqual(ReactiveTest.OnError<MeterMeasurement>(0, error));
        Assert.False(counter.Enabled);
    }

    [Fact]
    public void A_scheduler_that_throws_at_a_later_timer_ends_the_stream_after_what_was_read()
    {
        var error = new InvalidOperationException("mine");
        _meter.CreateObservableGauge("g", () => 7);
        var observer = _scheduler.CreateObserver<double>();
        using var subscription = MeterObservable.FromMeter(_meter.Name, scheduler: new Failing(_scheduler, error) { TimersLeft = 1 })
            .Select(measurement => measurement.Value).Subscribe(observer);
        _scheduler.Start();

        var second = TimeSpan.FromSeconds(1).Ticks;
        observer.Messages.AssertEqual(ReactiveTest.OnNext(second, 7.0), ReactiveTest.OnError<double>(second, error));
    }

    [Fact]
    public void A_clock_that_throws_ends_the_stream_and_not_the_code_that_records()
    {
        var error = new InvalidOperationException("mine");
        var counter = _meter.CreateCounter<int>("c");
        var scheduler = new Failing(_scheduler, error);
        var observer = _scheduler.CreateObserver<MeterMeasurement>();
        using var subscription = MeterObservable.FromMeter(_meter.Name, scheduler: scheduler).Subscribe(observer);
        scheduler.ClockFails = true;
        counter.Add(1);
        counter.Add(1);

        observer.Messages.AssertEqual(ReactiveTest.OnError<MeterMeasurement>(0, error));
        Assert.False(counter.Enabled);
    }

    [Fact]
    public void The_end_is_told_though_the_queue_is_full()
    {
        var error = new InvalidOperationException("mine");
        var counter = _meter.CreateCounter<int>("c");
        var scheduler = new Failing(_scheduler, error);
        var seen = new List<double>();
        Exception? end = null;
        using var subscription = MeterObservable.FromMeter(_meter.Name, scheduler: scheduler, capacity: 1).Subscribe(
            measurement =>
            {
                seen.Add(measurement.Value);
                if (measurement.Value == 0)
                {
                    counter.Add(1);
                    scheduler.ClockFails = true;
                    counter.Add(2);
                }
            },
            exception => end = exception);
        counter.Add(0);

        Assert.Equal([0, 1], seen);
        Assert.Same(error, end);
    }

    [Fact]
    public void The_clock_is_read_and_timers_are_set_under_no_lock()
    {
        var counter = _meter.CreateCounter<int>("c");
        _meter.CreateObservableGauge("g", () => 1);
        var count = 0;
        IDisposable? subscription = null;
        var scheduler = new Failing(_scheduler, new InvalidOperationException())
        {
            Called = () =>
            {
                // Another thread uses all that there is meanwhile. Under a lock of the stream's it would wait for this one for ever.
                var other = new Thread(() =>
                {
                    if (count < 100)
                    {
                        counter.Add(1);
                    }
                    else
                    {
                        subscription?.Dispose();
                    }
                });
                if (Interlocked.Increment(ref count) % 2 == 1)
                {
                    other.Start();
                    Assert.True(other.Join(Deadline));
                }
            },
        };
        subscription = MeterObservable.FromMeter(_meter.Name, scheduler: scheduler).Subscribe(_ => { });
        for (var i = 0; i < 100; i++)
        {
            counter.Add(1);
            _scheduler.AdvanceBy(TimeSpan.FromSeconds(1).Ticks);
        }

        Assert.True(count >= 100);
        Assert.False(counter.Enabled);
    }

    [Fact]
    public void A_reading_that_hangs_is_not_joined_by_another()
    {
        using var release = new ManualResetEventSlim();
        using var entered = new ManualResetEventSlim();
        var inside = 0;
        _meter.CreateObservableGauge("g", () =>
        {
            Interlocked.Increment(ref inside);
            entered.Set();
            release.Wait(Deadline);
            return 1;
        });
        var scheduler = new Failing(_scheduler, new InvalidOperationException()) { TimersLeft = 10 };
        using var subscription = MeterObservable.FromMeter(_meter.Name, scheduler: scheduler).Subscribe(_ => { });
        var first = new Thread(() => _scheduler.AdvanceBy(TimeSpan.FromSeconds(1).Ticks));
        first.Start();
        Assert.True(entered.Wait(Deadline));

        // The timer of the next reading is not set before this one is over.
        Assert.Equal(1, Volatile.Read(ref inside));
        Assert.Equal(9, scheduler.TimersLeft);
        release.Set();
        Assert.True(first.Join(Deadline));
        _scheduler.AdvanceBy(TimeSpan.FromSeconds(1).Ticks);
        Assert.Equal(2, inside);
    }

    [Fact]
    public void An_observer_that_throws_loses_its_subscription_and_the_code_that_records_does_not_notice()
    {
        var counter = _meter.CreateCounter<int>("c");
        var others = 0;
        using var other = MeterObservable.FromMeter(_meter.Name, scheduler: _scheduler).Subscribe(_ => others++);
        using var subscription = MeterObservable.FromMeter(_meter.Name, scheduler: _scheduler).Subscribe(_ => throw new InvalidOperationException("mine"));
        counter.Add(1);
        counter.Add(1);

        Assert.Equal(2, others);
        other.Dispose();
        Assert.False(counter.Enabled);
    }

    [Fact]
    public void Eight_threads_are_serialized_and_all_is_delivered_or_counted()
    {
        var counter = _meter.CreateCounter<int>("c");
        var inside = 0;
        var breaches = 0;
        long delivered = 0;
        long missed = 0;
        using var subscription = MeterObservable.FromMeter(_meter.Name, scheduler: _scheduler, capacity: 16).Subscribe(measurement =>
        {
            breaches += Interlocked.Increment(ref inside) == 1 && measurement.Missed >= missed ? 0 : 1;
            delivered++;
            missed = measurement.Missed;
            Interlocked.Decrement(ref inside);
        });
        var threads = Enumerable.Range(0, 8).Select(_ => new Thread(() =>
        {
            for (var i = 0; i < 5000; i++)
            {
                counter.Add(1);
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        Assert.All(threads, thread => Assert.True(thread.Join(Deadline)));

        // One more, when nobody else records, tells of all that was missed before it.
        counter.Add(1);
        Assert.Equal(0, breaches);
        Assert.Equal(40_001, delivered + missed);
    }

    /// <summary>A scheduler that does what another does, until it is told to fail.</summary>
    private sealed class Failing(TestScheduler inner, Exception error) : IScheduler, IStopwatchProvider, IServiceProvider
    {
        public int TimersLeft { get; set; } = int.MaxValue;

        public bool ClockFails { get; set; }

        public Action Called { get; init; } = () => { };

        public DateTimeOffset Now
        {
            get
            {
                Called();
                return ClockFails ? throw error : inner.Now;
            }
        }

        public IDisposable Schedule<TState>(TState state, Func<IScheduler, TState, IDisposable> action) => Schedule(state, TimeSpan.Zero, action);

        public IDisposable Schedule<TState>(TState state, DateTimeOffset dueTime, Func<IScheduler, TState, IDisposable> action) =>
            Schedule(state, dueTime - inner.Now, action);

        public IDisposable Schedule<TState>(TState state, TimeSpan dueTime, Func<IScheduler, TState, IDisposable> action)
        {
            Called();
            return TimersLeft-- > 0 ? inner.Schedule(state, dueTime, (_, value) => action(this, value)) : throw error;
        }

        public IStopwatch StartStopwatch() => new Stopwatch(this, inner.Now);

        public object? GetService(Type serviceType) => serviceType == typeof(IStopwatchProvider) ? this : null;

        private sealed class Stopwatch(Failing scheduler, DateTimeOffset start) : IStopwatch
        {
            public TimeSpan Elapsed
            {
                get
                {
                    scheduler.Called();
                    return scheduler.Now - start;
                }
            }
        }
    }
}
