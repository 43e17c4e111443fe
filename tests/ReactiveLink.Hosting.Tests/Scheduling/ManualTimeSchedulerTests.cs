using System.Reactive.Concurrency;
using Microsoft.Extensions.DependencyInjection;
using ReactiveLink.Hosting.Tests.Support;
using ReactiveLink.Tests.Support;

namespace ReactiveLink.Hosting.Tests.Scheduling;

/// <summary>To the tick, on a time that moves when told.</summary>
public sealed class ManualTimeSchedulerTests : SchedulerContract
{
    private readonly ManualTimeProvider _time = new();

    public ManualTimeSchedulerTests() => Scheduler = _time.ToScheduler();

    private protected override IScheduler Scheduler { get; }

    private protected override void Pass(TimeSpan time) => _time.Advance(time);

    [Fact]
    public void Relative_times_are_exact_and_the_clock_is_not_asked()
    {
        List<TimeSpan> ran = [];
        var stopwatch = Scheduler.StartStopwatch();
        Scheduler.Schedule(TimeSpan.FromTicks(3), () => ran.Add(stopwatch.Elapsed));
        Scheduler.Schedule(TimeSpan.FromTicks(1), () => ran.Add(stopwatch.Elapsed));
        Scheduler.Schedule(TimeSpan.FromSeconds(1), () => ran.Add(stopwatch.Elapsed));
        _time.SetClock(TimeSpan.FromDays(-3650));

        _time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal([TimeSpan.FromTicks(1), TimeSpan.FromTicks(3), TimeSpan.FromSeconds(1)], ran);
        Assert.Equal(TimeSpan.FromSeconds(2), stopwatch.Elapsed);
        Assert.Equal(0, _time.Alive);
    }

    [Fact]
    public void Years_are_waited_for_in_steps_that_timers_can_do()
    {
        var ran = 0;
        Scheduler.Schedule(TimeSpan.FromDays(3650), () => ran++);

        _time.Advance(TimeSpan.FromDays(3650) - TimeSpan.FromTicks(1));
        Assert.Equal(0, ran);
        _time.Advance(TimeSpan.FromTicks(1));

        Assert.Equal(1, ran);
        Assert.True(_time.LongestSet <= TimeSpan.FromDays(24));
        Assert.Equal(0, _time.Alive);
        using var never = Scheduler.Schedule(TimeSpan.MaxValue, () => ran++);
        Assert.Equal(1, _time.Pending);
    }

    [Fact]
    public void A_timer_that_comes_early_is_set_again()
    {
        _time.Early = TimeSpan.FromMilliseconds(0.4);
        var stopwatch = Scheduler.StartStopwatch();
        List<TimeSpan> ran = [];
        Scheduler.Schedule(TimeSpan.FromMilliseconds(10), () => ran.Add(stopwatch.Elapsed));

        _time.Advance(TimeSpan.FromMilliseconds(20));

        Assert.InRange(Assert.Single(ran), TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(11));
        Assert.Equal(2, _time.Set);
    }

    [Fact]
    public void A_clock_that_is_set_moves_absolute_times()
    {
        List<DateTimeOffset> ran = [];
        var due = Scheduler.Now.AddHours(10);
        Scheduler.Schedule(due, () => ran.Add(Scheduler.Now));
        _time.Advance(TimeSpan.FromHours(1));
        _time.SetClock(TimeSpan.FromHours(5));
        _time.Advance(TimeSpan.FromHours(3.5));
        Assert.Empty(ran);

        // Set back by more than was left; then forward, which is noticed within a minute.
        _time.SetClock(TimeSpan.FromHours(-5));
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Empty(ran);
        _time.SetClock(TimeSpan.FromHours(5));
        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.InRange(Assert.Single(ran), due, due.AddMinutes(31));
        Assert.Equal(0, _time.Alive);
    }

    [Fact]
    public void Periods_are_whole_from_the_start_and_those_missed_are_skipped()
    {
        var stopwatch = Scheduler.StartStopwatch();
        List<double> ran = [];
        using var work = Periodic().SchedulePeriodic(0, TimeSpan.FromSeconds(1), state =>
        {
            ran.Add(stopwatch.Elapsed.TotalSeconds);
            return state;
        });

        _time.Advance(TimeSpan.FromSeconds(3));
        _time.Jump(TimeSpan.FromSeconds(4.5));
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal([1, 2, 3, 7.5, 8], ran);
    }

    [Fact]
    public void Disposed_nothing_is_left()
    {
        var ran = 0;
        var works = new[]
        {
            Scheduler.Schedule(TimeSpan.FromSeconds(1), () => ran++),
            Scheduler.Schedule(Scheduler.Now.AddSeconds(1), () => ran++),
            Periodic().SchedulePeriodic(0, TimeSpan.FromSeconds(1), state => ran++),
        };
        Assert.Equal(3, _time.Pending);

        Array.ForEach(works, work => work.Dispose());

        Assert.Equal(0, _time.Alive);
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(0, ran);
    }

    [Fact]
    public async Task Disposed_on_another_thread_while_it_comes_it_leaves_no_timer()
    {
        for (var i = 0; i < 500; i++)
        {
            var work = Periodic().SchedulePeriodic(0, TimeSpan.FromTicks(10), state => state);
            var disposing = Task.Run(work.Dispose);
            _time.Advance(TimeSpan.FromTicks(100));
            await Deadline.Within(disposing);
        }

        Assert.Equal(0, _time.Alive);
    }

    [Fact]
    public void It_says_what_else_it_can_do()
    {
        var provider = (IServiceProvider)Scheduler;
        Assert.Same(Scheduler, provider.GetService(typeof(IStopwatchProvider)));
        Assert.Null(provider.GetService(typeof(ISchedulerLongRunning)));
        Assert.Equal(_time.GetUtcNow(), Scheduler.Now);
    }

    [Fact]
    public async Task A_host_with_a_time_of_its_own_gives_it_to_its_links()
    {
        var builder = TestHost.Builder();
        builder.Services.AddSingleton<TimeProvider>(_time);
        builder.Services
            .AddReactiveLink(configure: options => options.Listen = "127.0.0.1:0")
            .AddHandler<GatedHandler>(MessageType.Data, route => route with { Timeout = TimeSpan.FromHours(1) });
        using var host = builder.Build();
        await host.StartAsync();
        await using var sender = TestHost.ClientOf(host.Link());
        await sender.SendAsync(1);
        await Deadline.Within(host.Journal().FirstRuns.Task);
        await Deadline.Until(() => _time.Pending > 0, "the timeout is set");
        Assert.Equal(_time.GetUtcNow(), host.Link().GetStatistics().At);

        _time.Advance(TimeSpan.FromHours(1));

        await Deadline.Until(() => host.Link().GetStatistics().CountOf(FaultReason.HandlerTimeout) == 1, "timed out");
        await host.StopAsync();
    }
}
