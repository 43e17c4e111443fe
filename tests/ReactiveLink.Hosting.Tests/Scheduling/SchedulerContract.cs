using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using System.Reactive.Linq;
using ReactiveLink.Testing;
using ReactiveLink.Tests.Support;

namespace ReactiveLink.Hosting.Tests.Scheduling;

/// <summary>What every scheduler of a time does, whatever the time is.</summary>
public abstract class SchedulerContract
{
    private protected abstract IScheduler Scheduler { get; }

    /// <summary>Lets so much time pass.</summary>
    private protected abstract void Pass(TimeSpan time);

    [Fact]
    public void ArgumentChecking()
    {
        Assert.Throws<ArgumentNullException>(() => TimeProviderScheduling.ToScheduler(null!));
        Assert.Throws<ArgumentNullException>(() => Scheduler.Schedule(1, (Func<IScheduler, int, IDisposable>)null!));
        Assert.Throws<ArgumentNullException>(() => Scheduler.Schedule(1, TimeSpan.FromDays(1), (Func<IScheduler, int, IDisposable>)null!));
        Assert.Throws<ArgumentNullException>(() => Scheduler.Schedule(1, Scheduler.Now.AddDays(1), (Func<IScheduler, int, IDisposable>)null!));
        var periodic = Periodic();
        Assert.Throws<ArgumentNullException>(() => periodic.SchedulePeriodic(1, TimeSpan.FromDays(1), (Func<int, int>)null!));
        Assert.Throws<ArgumentOutOfRangeException>(() => periodic.SchedulePeriodic(1, TimeSpan.FromTicks(-1), i => i));
    }

    [Fact]
    public async Task Work_for_now_runs_soon_with_its_state_on_another_thread()
    {
        var ran = new TaskCompletionSource<(IScheduler, string, int)>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var caller = new SemaphoreSlim(0);

        // Would never return if it ran here.
        Scheduler.Schedule("state", (scheduler, state) =>
        {
            caller.Wait(Deadline.Time);
            ran.SetResult((scheduler, state, 1));
            return Disposable.Empty;
        });
        caller.Release();

        Assert.Equal((Scheduler, "state", 1), await Deadline.Within(ran.Task));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1000)]
    public async Task What_is_overdue_runs_soon(int milliseconds)
    {
        var relative = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var absolute = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        Scheduler.Schedule(TimeSpan.FromMilliseconds(milliseconds), () => relative.SetResult());
        Scheduler.Schedule(Scheduler.Now.AddMilliseconds(milliseconds), () => absolute.SetResult());

        await Deadline.Within(Task.WhenAll(relative.Task, absolute.Task));
    }

    [Fact]
    public async Task Work_runs_once_and_not_before_its_time()
    {
        var runs = 0;
        var stopwatch = Scheduler.StartStopwatch();
        var elapsed = TimeSpan.Zero;
        using var work = Scheduler.Schedule(TimeSpan.FromMilliseconds(30), () =>
        {
            elapsed = stopwatch.Elapsed;
            Interlocked.Increment(ref runs);
        });

        Pass(TimeSpan.FromMilliseconds(200));
        await Deadline.Until(() => Volatile.Read(ref runs) == 1, "it runs");

        Assert.True(elapsed >= TimeSpan.FromMilliseconds(30), $"{elapsed}");
    }

    [Fact]
    public void What_work_returned_is_disposed_with_it()
    {
        using var ran = new ManualResetEventSlim();
        var inner = new BooleanDisposable();
        var work = Scheduler.Schedule(0, TimeSpan.FromMilliseconds(20), (_, _) =>
        {
            ran.Set();
            return inner;
        });
        Pass(TimeSpan.FromMilliseconds(100));
        Assert.True(ran.Wait(Deadline.Time));

        work.Dispose();
        work.Dispose();

        // The work may just be returning it.
        Assert.True(SpinWait.SpinUntil(() => inner.IsDisposed, Deadline.Time));
    }

    [Fact]
    public async Task Periodic_work_keeps_its_state_and_ends_with_dispose_from_inside()
    {
        var states = new List<int>();
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var work = new SingleAssignmentDisposable();
        work.Disposable = Periodic().SchedulePeriodic(10, TimeSpan.FromMilliseconds(5), state =>
        {
            states.Add(state);
            if (states.Count == 5)
            {
                work.Dispose();
                done.SetResult();
            }

            return state + 1;
        });
        Pass(TimeSpan.FromMilliseconds(100));

        await Deadline.Within(done.Task);
        Pass(TimeSpan.FromMilliseconds(50));

        Assert.Equal([10, 11, 12, 13, 14], states);
    }

    [Fact]
    public async Task A_period_of_nothing_is_as_fast_as_it_goes_and_ends()
    {
        var runs = 0;
        var inside = 0;
        var work = Periodic().SchedulePeriodic(0, TimeSpan.Zero, state =>
        {
            Assert.Equal(1, Interlocked.Increment(ref inside));
            Interlocked.Increment(ref runs);
            Interlocked.Decrement(ref inside);
            return state;
        });
        await Deadline.Until(() => Volatile.Read(ref runs) > 100, "it runs");
        work.Dispose();
        await Deadline.Until(() => Volatile.Read(ref inside) == 0, "the last run is over");
        var end = Volatile.Read(ref runs);
        await Task.Yield();
        Assert.InRange(Volatile.Read(ref runs), end, end + 1);
    }

    [Fact]
    public async Task Operators_of_Rx_keep_time_by_it()
    {
        var interval = new RecordingObserver<long>();
        var timeout = new RecordingObserver<int>();
        using var ticks = Observable.Interval(TimeSpan.FromMilliseconds(10), Scheduler).Take(3).Subscribe(interval);
        using var late = Observable.Never<int>().Timeout(TimeSpan.FromMilliseconds(10), Scheduler).Subscribe(timeout);

        Pass(TimeSpan.FromMilliseconds(100));
        await interval.WaitForEndAsync(Deadline.Time);
        await timeout.WaitForEndAsync(Deadline.Time);

        Assert.Equal([0, 1, 2], interval.Values);
        Assert.IsType<TimeoutException>(timeout.Error);
        interval.AssertGrammar();
    }

    [Fact]
    public async Task Absolute_times_are_the_clocks()
    {
        var ran = new TaskCompletionSource<DateTimeOffset>(TaskCreationOptions.RunContinuationsAsynchronously);
        var due = Scheduler.Now.AddMilliseconds(30);
        using var work = Scheduler.Schedule(due, () => ran.SetResult(Scheduler.Now));
        Pass(TimeSpan.FromMilliseconds(100));

        Assert.True(await Deadline.Within(ran.Task) >= due);
    }

    [Fact]
    public async Task A_link_runs_on_it()
    {
        await using var link = UdpLink.Open("127.0.0.1:0", options => options with
        {
            StatisticsInterval = TimeSpan.FromMilliseconds(10),
            Transport = options.Transport with { Scheduler = Scheduler },
        });
        var handled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var handler = link.Handle(MessageType.Data, _ => handled.SetResult());
        var statistics = new RecordingObserver<LinkStatistics>();
        using var subscription = link.Statistics.Subscribe(statistics);
        await using var sender = UdpLink.Connect(link.LocalEndpoint.ToString());

        await sender.SendAsync(1);
        await Deadline.Within(handled.Task);
        Pass(TimeSpan.FromMilliseconds(100));

        await statistics.WaitForCountAsync(3, Deadline.Time);
    }

    private protected ISchedulerPeriodic Periodic() => Assert.IsAssignableFrom<ISchedulerPeriodic>(((IServiceProvider)Scheduler).GetService(typeof(ISchedulerPeriodic)));
}
