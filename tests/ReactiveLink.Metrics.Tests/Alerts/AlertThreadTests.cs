using System.Reactive.Concurrency;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using System.Reactive.Threading.Tasks;
using Microsoft.Reactive.Testing;

namespace ReactiveLink.Metrics.Tests.Alerts;

/// <summary>The timer and the source on real threads, and observers that do what they should not.</summary>
public sealed class AlertThreadTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    [Fact]
    public void A_deadline_that_comes_while_subscribing_is_told_by_the_scheduler()
    {
        var scheduler = new HastyScheduler();
        var threads = new List<Thread>();
        using var source = new Subject<int>();
        using var subscription = source.WhenAbsent(TimeSpan.FromSeconds(1), scheduler: scheduler).Subscribe(_ => threads.Add(Thread.CurrentThread));
        Assert.Empty(threads);
        Assert.True(source.HasObservers);
        scheduler.RunNext();
        Assert.NotSame(Thread.CurrentThread, Assert.Single(threads));
    }

    [Fact]
    public async Task The_timer_fires_without_any_further_item()
    {
        var subject = new Subject<bool>();
        var firing = subject.AlertWhen(isTrue => isTrue, TimeSpan.FromMilliseconds(20)).ElementAt(1).Timeout(Deadline).FirstAsync().ToTask();

        subject.OnNext(true);
        var change = await firing;

        Assert.Equal(AlertState.Firing, change.To);
        Assert.Equal(TimeSpan.FromMilliseconds(20), change.At - change.Since);
    }

    [Fact]
    public void The_output_is_serialized_while_timer_and_source_race()
    {
        var subject = new Subject<int>();
        var inside = 0;
        var breaches = 0;
        var ended = false;
        var states = new AlertState[16];
        var changes = 0;
        using var done = new ManualResetEventSlim();
        using var subscription = subject
            .AlertWhenPerKey(n => n % 16, n => n / 16 % 3 != 0, TimeSpan.FromTicks(500), TimeSpan.FromTicks(500), options: new AlertOptions { NoDataAfter = TimeSpan.FromMilliseconds(1) })
            .Subscribe(
                change =>
                {
                    breaches += Interlocked.Increment(ref inside) == 1 && !ended && states[(int)change.Key!] == change.From && change.From != change.To ? 0 : 1;
                    states[(int)change.Key!] = change.To == AlertState.Resolved ? AlertState.Inactive : change.To;
                    changes++;
                    Interlocked.Decrement(ref inside);
                },
                () =>
                {
                    ended = true;
                    done.Set();
                });

        for (var n = 0; n < 300_000; n++)
        {
            subject.OnNext(n % 1000 < 16 ? n : n * 7);
        }

        subject.OnCompleted();
        Assert.True(done.Wait(Deadline));
        Assert.Equal(0, breaches);
        Assert.True(changes > 100, $"{changes} changes");
    }

    [Fact]
    public void An_observer_that_feeds_the_source_again_is_not_re_entered()
    {
        var subject = new Subject<int>();
        List<int> seen = [];
        var isInside = false;
        using var subscription = subject.AlertWhen(n => n % 2 == 1, value: n => n).Subscribe(change =>
        {
            Assert.False(isInside);
            isInside = true;
            seen.Add((int)change.Value);
            if (change.Value < 100)
            {
                subject.OnNext((int)change.Value + 1);
            }

            isInside = false;
        });

        subject.OnNext(1);

        Assert.Equal(Enumerable.Range(1, 100), seen);
    }

    [Fact]
    public void An_observer_that_throws_loses_its_subscription()
    {
        var subject = new Subject<bool>();
        using var subscription = subject.AlertWhen(isTrue => isTrue).Subscribe(_ => throw new InvalidOperationException("mine"));

        Assert.Throws<InvalidOperationException>(() => subject.OnNext(true));
        Assert.False(subject.HasObservers);
    }

    [Fact]
    public void An_observer_that_disposes_hears_no_more_of_the_same_moment()
    {
        var scheduler = new TestScheduler();
        var subject = new Subject<int>();
        var count = 0;
        IDisposable? subscription = null;
        subscription = subject.WhenStale(n => n, TimeSpan.FromTicks(10), scheduler: scheduler).Subscribe(_ =>
        {
            count++;
            subscription!.Dispose();
        });
        subject.OnNext(1);
        subject.OnNext(2);
        scheduler.AdvanceBy(100);

        Assert.Equal(1, count);
        Assert.False(subject.HasObservers);
    }

    [Fact]
    public void What_a_blocked_observer_cannot_take_is_refused_and_counted()
    {
        var subject = new Subject<int>();
        List<AlertRefusal> refusals = [];
        using var entered = new ManualResetEventSlim();
        using var release = new ManualResetEventSlim();
        using var done = new ManualResetEventSlim();
        var options = new AlertOptions { MaximumQueued = 10, Refusals = System.Reactive.Observer.Create<AlertRefusal>(refusals.Add) };
        using var subscription = subject.WhenAbsent(TimeSpan.FromMilliseconds(5), options, DefaultScheduler.Instance).Subscribe(
            change =>
            {
                if (change.To == AlertState.Firing)
                {
                    entered.Set();
                    release.Wait(Deadline);
                }
            },
            done.Set);
        Assert.True(entered.Wait(Deadline));
        for (var n = 0; n < 110; n++)
        {
            subject.OnNext(n);
        }

        subject.OnCompleted();
        release.Set();
        Assert.True(done.Wait(Deadline));
        var refusal = Assert.Single(refusals);
        Assert.Equal((AlertRefusalReason.QueueFull, 100, 100), (refusal.Reason, refusal.Count, refusal.Total));
    }

    [Fact]
    public void A_source_that_cannot_be_subscribed_to_leaves_no_timer()
    {
        var scheduler = new TestScheduler();
        var observer = scheduler.CreateObserver<AlertTransition>();
        var source = new Unsubscribable();

        Assert.Throws<InvalidOperationException>(() => source.WhenAbsent(TimeSpan.FromTicks(10), scheduler: scheduler).Subscribe(observer));
        scheduler.Start();

        Assert.Empty(observer.Messages);
    }

    [Fact]
    public void An_item_costs_no_allocation()
    {
        var scheduler = new TestScheduler();
        var subject = new Subject<double>();
        using var single = subject.AlertWhen(x => x > 1e9, TimeSpan.FromSeconds(1), options: new AlertOptions { NoDataAfter = TimeSpan.FromSeconds(9) }, scheduler: scheduler).Subscribe();
        using var keyed = subject.AlertWhenPerKey(x => (int)x % 10, x => x > 1e9, scheduler: scheduler).Subscribe();
        using var band = subject.AlertWhen(x => x, AlertCondition.OutsideBand(1e6, 1e6), scheduler: scheduler).Subscribe();
        using var score = subject.AlertWhen(x => x, AlertCondition.ZScore(1e6, 1e6), scheduler: scheduler).Subscribe();
        using var line = subject.AlertWhen(x => x, AlertCondition.PredictedCrossing(1e9, AlertDirection.Rising, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1)), scheduler: scheduler).Subscribe();
        for (var n = 0; n < 1000; n++)
        {
            subject.OnNext(n % 100);
        }

        var allocated = Allocated.By(() =>
        {
            for (var n = 0; n < 10_000; n++)
            {
                subject.OnNext(n % 100);
            }
        });
        Assert.InRange(allocated, 0, 1000);
    }

    private sealed class Unsubscribable : IObservable<int>
    {
        public IDisposable Subscribe(IObserver<int> observer) => throw new InvalidOperationException("mine");
    }
}
