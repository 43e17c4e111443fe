using System.Reactive.Concurrency;
using System.Reactive.Subjects;
using Microsoft.Reactive.Testing;

namespace ReactiveLink.Metrics.Tests.Alerts;

/// <summary>Schedulers that throw, keys that bring no value, observers that leave in the middle.</summary>
public sealed class AlertHostileTests
{
    private readonly TestScheduler _scheduler = new();
    private readonly Subject<int> _subject = new();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_scheduler_that_throws_ends_the_stream_and_not_the_source(bool atTheTimer)
    {
        var error = new InvalidOperationException("mine");
        var scheduler = new OddScheduler(_scheduler);
        var observer = _scheduler.CreateObserver<AlertTransition>();
        using var subscription = _subject.AlertWhen(n => n > 0, TimeSpan.FromTicks(atTheTimer ? 10 : 0), scheduler: scheduler).Subscribe(observer);
        (atTheTimer ? ref scheduler.TimerError : ref scheduler.ClockError) = error;
        _subject.OnNext(1);
        _subject.OnNext(0);

        Assert.Same(error, Assert.Single(observer.Messages, message => message.Value.Kind != System.Reactive.NotificationKind.OnNext).Value.Exception);
        Assert.Equal(System.Reactive.NotificationKind.OnError, observer.Messages[^1].Value.Kind);
        Assert.False(_subject.HasObservers);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_scheduler_that_throws_while_subscribing_ends_the_stream(bool atTheTimer)
    {
        var error = new InvalidOperationException("mine");
        var scheduler = new OddScheduler(_scheduler) { TimerError = atTheTimer ? error : null };
        scheduler.AtOnce = atTheTimer ? null : () => scheduler.TimerError = error;
        var observer = _scheduler.CreateObserver<AlertTransition>();
        using var subscription = _subject.WhenAbsent(TimeSpan.FromTicks(10), scheduler: scheduler).Subscribe(observer);
        _scheduler.Start();

        Assert.Same(error, Assert.Single(observer.Messages).Value.Exception);
        Assert.False(_subject.HasObservers);
    }

    [Fact]
    public void A_clock_that_throws_while_the_observer_is_at_work_does_not_reach_the_source()
    {
        var error = new InvalidOperationException("mine");
        var scheduler = new OddScheduler(_scheduler);
        Exception? reached = null;
        Exception? told = null;
        using var subscription = _subject.AlertWhen(n => n > 0, scheduler: scheduler).Subscribe(
            _ =>
            {
                scheduler.ClockError = error;
                reached = Record.Exception(() => _subject.OnNext(0));
            },
            end => told = end);
        _subject.OnNext(1);

        Assert.Null(reached);
        Assert.Same(error, told);
        Assert.False(_subject.HasObservers);
    }

    [Fact]
    public void An_item_behind_a_slow_observer_is_judged_by_the_time_at_which_it_came()
    {
        var changes = new List<string>();
        var options = new AlertOptions { NoDataAfter = TimeSpan.FromTicks(50) };
        using var subscription = _subject.AlertWhen(n => n > 0, TimeSpan.FromTicks(100), options: options, scheduler: _scheduler).Subscribe(change =>
        {
            changes.Add($"{change.To} {change.Since.Ticks}@{change.At.Ticks}");
            for (var n = 0; changes.Count == 1 && n < 10; n++)
            {
                // The timers come as well, while this is at work.
                _scheduler.AdvanceBy(40);
                _subject.OnNext(n < 5 ? 1 : 0);
            }
        });
        _subject.OnNext(1);

        Assert.Equal(["Pending 0@0", "Firing 0@100", "Resolved 0@240"], changes);
    }

    [Fact]
    public void An_observer_of_refusals_that_throws_is_not_told_again_and_the_alert_goes_on()
    {
        var told = 0;
        var observer = _scheduler.CreateObserver<AlertTransition>();
        var options = new AlertOptions
        {
            Refusals = System.Reactive.Observer.Create<AlertRefusal>(_ =>
            {
                told++;
                throw new InvalidOperationException("mine");
            }),
        };
        using var subscription = _subject.AlertWhen(n => n < 0 ? double.NaN : n, AlertCondition.Above(0, 0), options: options, scheduler: _scheduler).Subscribe(observer);
        _subject.OnNext(-1);
        _subject.OnNext(-1);
        _subject.OnNext(1);

        Assert.Equal(1, told);
        Assert.Equal(AlertState.Firing, Assert.Single(observer.Messages).Value.Value.To);
    }

    [Fact]
    public void Keys_that_bring_no_value_are_forgotten_too()
    {
        var refusals = new List<AlertRefusal>();
        var options = new AlertOptions { MaximumKeys = 2, KeyIdleExpiry = TimeSpan.FromTicks(100), Refusals = System.Reactive.Observer.Create<AlertRefusal>(refusals.Add) };
        var changes = new List<AlertTransition>();
        using var subscription = _subject
            .AlertWhenPerKey(n => n, n => n < 10 ? double.NaN : n, AlertCondition.Above(0, 0), options: options, scheduler: _scheduler).Subscribe(changes.Add);
        _subject.OnNext(1);
        _subject.OnNext(2);
        _subject.OnNext(30);
        Assert.Equal(
            [AlertRefusalReason.NotFinite, AlertRefusalReason.NotFinite, AlertRefusalReason.TooManyKeys], refusals.Select(refusal => refusal.Reason));

        _scheduler.AdvanceBy(101);
        _subject.OnNext(30);

        Assert.Equal(30, Assert.Single(changes).Key);
    }

    [Fact]
    public void An_observer_that_leaves_before_an_item_is_judged_spares_the_delegates()
    {
        var asked = 0;
        IDisposable? subscription = null;
        subscription = _subject
            .AlertWhenPerKey(
                n =>
                {
                    asked++;
                    return n;
                },
                n => n > 0,
                TimeSpan.FromTicks(10),
                scheduler: new OddScheduler(_scheduler) { TimersAreLost = true })
            .Subscribe(change =>
            {
                if (change.To == AlertState.Firing)
                {
                    subscription!.Dispose();
                }
            });
        _subject.OnNext(1);
        _scheduler.AdvanceBy(100);
        _subject.OnNext(2);

        Assert.Equal(1, asked);
    }

    [Fact]
    public void A_delegate_that_throws_after_the_end_of_the_subscription_does_not_reach_the_source()
    {
        var observer = _scheduler.CreateObserver<AlertTransition>();
        IDisposable? subscription = null;
        subscription = _subject.AlertWhen(
            _ =>
            {
                subscription!.Dispose();
                throw new InvalidOperationException("mine");
            },
            scheduler: _scheduler).Subscribe(observer);
        _subject.OnNext(1);

        Assert.Empty(observer.Messages);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_observer_that_throws_at_the_end_is_told_no_second_end(bool fails)
    {
        var ends = 0;
        using var subscription = _subject.AlertWhen(n => n > 0, scheduler: _scheduler).Subscribe(
            _ => { },
            _ =>
            {
                ends++;
                throw new InvalidOperationException("mine");
            },
            () =>
            {
                ends++;
                throw new InvalidOperationException("mine");
            });

        Assert.Throws<InvalidOperationException>(() =>
        {
            if (fails)
            {
                _subject.OnError(new TimeoutException());
            }
            else
            {
                _subject.OnCompleted();
            }
        });
        Assert.Equal(1, ends);
    }

    /// <summary>No stopwatch, so that the operators make one of its clock; and whatever a test asks for.</summary>
    private sealed class OddScheduler(TestScheduler inner) : IScheduler
    {
        public Exception? TimerError;
        public Exception? ClockError;

        public bool TimersAreLost { get; init; }

        /// <summary>Done when the first timer is set, which then comes at once.</summary>
        public Action? AtOnce { get; set; }

        public DateTimeOffset Now => ClockError is null ? inner.Now : throw ClockError;

        public IDisposable Schedule<TState>(TState state, Func<IScheduler, TState, IDisposable> action) => Schedule(state, TimeSpan.Zero, action);

        public IDisposable Schedule<TState>(TState state, DateTimeOffset dueTime, Func<IScheduler, TState, IDisposable> action) =>
            Schedule(state, dueTime - Now, action);

        public IDisposable Schedule<TState>(TState state, TimeSpan dueTime, Func<IScheduler, TState, IDisposable> action) =>
            TimerError is not null ? throw TimerError
            : AtOnce is not null ? ComeAtOnce(state, action)
            : TimersAreLost ? System.Reactive.Disposables.Disposable.Empty
            : inner.Schedule(state, dueTime, (_, value) => action(this, value));

        private IDisposable ComeAtOnce<TState>(TState state, Func<IScheduler, TState, IDisposable> action)
        {
            var atOnce = AtOnce!;
            AtOnce = null;
            atOnce();
            return action(this, state);
        }
    }
}
