using System.Reactive.Concurrency;
using System.Reactive.Linq;
using Microsoft.Reactive.Testing;

namespace ReactiveLink.Metrics.Tests.Alerts;

/// <summary>The key of an item is its value.</summary>
[Collection(MemoryCollection.Name)]
public sealed class WhenStaleTests : ReactiveTest
{
    [Fact]
    public void Fires_for_each_key_alone() =>
        AlertTimeline.Of((210, 1), (220, 2), (270, 1), (350, 1), (360, 2), (440, 1)).Run(t => On(t), disposed: 455).Gives(
            OnNext(320, "2: Inactive>Firing Silence 220@320"),
            OnNext(360, "2: Firing>Resolved DataReturned 220@360"));

    [Fact]
    public void A_stale_key_is_forgotten_in_time_and_its_place_is_free()
    {
        var timeline = AlertTimeline.Of((210, 1), (220, 2), (230, 3), (470, 3), (480, 2)).Run(t => On(t, keys: 2, expiry: 250), disposed: 560).Gives(
            OnNext(310, "1: Inactive>Firing Silence 210@310"),
            OnNext(320, "2: Inactive>Firing Silence 220@320"),
            OnNext(460, "1: Firing>Inactive Forgotten 210@460"),
            OnNext(470, "2: Firing>Inactive Forgotten 220@470"));

        Assert.Equal([(230, AlertRefusalReason.TooManyKeys, (object?)3.0, 1L)], timeline.Refused.Select(r => ((int)r.At.Ticks, r.Reason, r.Key, r.Total)));
    }

    [Fact]
    public void Ten_million_forged_keys_are_refused_without_state()
    {
        var scheduler = new TestScheduler();
        var source = Observable.Range(0, 10_000_000, ImmediateScheduler.Instance).Concat(Observable.Never<int>());
        var refusals = scheduler.CreateObserver<AlertTransition>();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        using var subscription = source.WhenStale(key => key, TimeSpan.FromTicks(100), new AlertOptions { MaximumKeys = 100 }, scheduler).Subscribe(refusals);
        var grown = GC.GetTotalMemory(forceFullCollection: true) - before;
        scheduler.AdvanceBy(200);

        // State for every key would be hundreds of megabytes; other tests run beside this one, so the bound leaves them room.
        Assert.InRange(grown, long.MinValue, 100_000_000);
        Assert.Equal(Enumerable.Range(0, 100).Cast<object>(), refusals.Messages.Select(message => message.Value.Value.Key!).Order());
    }

    [Fact]
    public void A_null_key_is_refused()
    {
        var timeline = AlertTimeline.Of((210, 1)).Run(t => t.Source.WhenStale(_ => (string)null!, TimeSpan.FromTicks(100), t.Options, t.Scheduler)).Gives();

        Assert.Equal(AlertRefusalReason.NoKey, Assert.Single(timeline.Refused).Reason);
    }

    [Fact]
    public void All_keys_share_one_timer()
    {
        var scheduler = new CountingScheduler();
        var source = scheduler.CreateHotObservable([.. Enumerable.Range(0, 300).Select(i => OnNext(201 + i, i))]);
        using var subscription = source.WhenStale(key => key, TimeSpan.FromTicks(100_000), scheduler: scheduler).Subscribe();
        scheduler.AdvanceTo(600);

        Assert.Equal(1, scheduler.Scheduled - 300);
    }

    [Fact]
    public void KeySelectorThrows()
    {
        var error = new InvalidOperationException("test");

        AlertTimeline.Of((210, 1), (220, 2)).Run(t => t.Source.WhenStale<double, int>(_ => throw error, TimeSpan.FromTicks(100), scheduler: t.Scheduler))
            .Gives(OnError<string>(210, error)).Subscribed(200, 210);
    }

    private static IObservable<AlertTransition> On(AlertTimeline t, int keys = 10, long expiry = 10_000) => t.Source.WhenStale(
        value => value, TimeSpan.FromTicks(100), t.Options with { MaximumKeys = keys, KeyIdleExpiry = TimeSpan.FromTicks(expiry) }, t.Scheduler);

    private sealed class CountingScheduler : TestScheduler
    {
        public int Scheduled { get; private set; }

        public override IDisposable ScheduleAbsolute<TState>(TState state, long dueTime, Func<IScheduler, TState, IDisposable> action)
        {
            Scheduled++;
            return base.ScheduleAbsolute(state, dueTime, action);
        }
    }
}
