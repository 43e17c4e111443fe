using System.Reactive;
using System.Reactive.Concurrency;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using Microsoft.Reactive.Testing;
using static ReactiveLink.Testing.NetworkEventKind;

namespace ReactiveLink.Testing.Tests.Impairment;

public sealed class ImpairTests : ReactiveTest
{
    private static readonly ReactiveLink.Testing.Impairment Slow = new() { Latency = TimeSpan.FromTicks(30) };

    private static TimeSpan Ticks(long ticks) => TimeSpan.FromTicks(ticks);

    [Fact]
    public void ArgumentChecking()
    {
        var source = Observable.Never<int>();
        Assert.Throws<ArgumentNullException>(() => ImpairObservable.Impair<int>(null!, Slow));
        Assert.Throws<ArgumentNullException>(() => source.Impair(null!));
        Assert.Throws<ArgumentOutOfRangeException>(() => source.Impair(Slow, maximumInFlight: 0));
        Assert.Throws<ArgumentException>(() => source.Impair(Slow with { Duplication = 1.5 }));
        Assert.Throws<ArgumentNullException>(() => source.Impair(Slow).Subscribe((IObserver<int>)null!));
        Assert.Equal(
            "The impairment corrupts, and nothing says how: give a corrupt function. (Parameter 'corrupt')",
            Assert.Throws<ArgumentException>(() => source.Impair(Slow with { Corruption = 0.1 })).Message);
    }

    [Fact]
    public void Never()
    {
        var scheduler = new TestScheduler();
        var source = scheduler.CreateHotObservable<int>();
        var result = scheduler.Start(() => source.Impair(Slow, scheduler: scheduler));
        Assert.Empty(result.Messages);
        source.Subscriptions.AssertEqual(Subscribe(200, 1000));
    }

    [Fact]
    public void Empty()
    {
        var scheduler = new TestScheduler();
        var source = scheduler.CreateHotObservable(OnCompleted<int>(250));
        var result = scheduler.Start(() => source.Impair(Slow, scheduler: scheduler));
        result.Messages.AssertEqual(OnCompleted<int>(250));
        source.Subscriptions.AssertEqual(Subscribe(200, 250));
    }

    [Fact]
    public void Error()
    {
        var failure = new FormatException();
        var scheduler = new TestScheduler();
        var source = scheduler.CreateHotObservable(OnNext(210, 1), OnNext(235, 2), OnError<int>(250, failure));
        var result = scheduler.Start(() => source.Impair(Slow, scheduler: scheduler));
        result.Messages.AssertEqual(OnNext(240, 1), OnError<int>(250, failure));
        source.Subscriptions.AssertEqual(Subscribe(200, 250));
    }

    [Fact]
    public void Dispose()
    {
        var scheduler = new TestScheduler();
        var source = scheduler.CreateHotObservable(OnNext(210, 1), OnNext(220, 2), OnNext(260, 3));
        var result = scheduler.Start(() => source.Impair(Slow, scheduler: scheduler), 100, 200, 245);
        result.Messages.AssertEqual(OnNext(240, 1));
        source.Subscriptions.AssertEqual(Subscribe(200, 245));
    }

    [Fact]
    public void CorruptThrows()
    {
        var failure = new FormatException();
        var scheduler = new TestScheduler();
        var source = scheduler.CreateHotObservable(OnNext(210, 1), OnNext(220, 2));
        var result = scheduler.Start(() => source.Impair(Slow with { Corruption = 1 }, scheduler: scheduler, corrupt: (x, _) => x == 1 ? 10 : throw failure));
        result.Messages.AssertEqual(OnError<int>(220, failure));
        source.Subscriptions.AssertEqual(Subscribe(200, 220));
    }

    [Fact]
    public void DistributionThrows()
    {
        var failure = new FormatException();
        var scheduler = new TestScheduler();
        var source = scheduler.CreateHotObservable(OnNext(210, 1));
        var result = scheduler.Start(() => source.Impair(Slow with { Jitter = Distribution.From(_ => throw failure) }, scheduler: scheduler));
        result.Messages.AssertEqual(OnError<int>(210, failure));
        source.Subscriptions.AssertEqual(Subscribe(200, 210));
    }

    [Fact]
    public void ObserverThrows()
    {
        var failure = new FormatException();
        var source = new Subject<int>();
        var seen = 0;
        source.Impair(new ReactiveLink.Testing.Impairment()).Subscribe(_ =>
        {
            seen++;
            throw failure;
        });

        Assert.Same(failure, Assert.Throws<FormatException>(() => source.OnNext(1)));
        source.OnNext(2);
        Assert.Equal(1, seen);
        Assert.False(source.HasObservers);
    }

    [Fact]
    public void Completion_waits_for_what_is_on_its_way()
    {
        var scheduler = new TestScheduler();
        var source = scheduler.CreateHotObservable(OnNext(210, 1), OnNext(215, 2), OnCompleted<int>(220));
        var result = scheduler.Start(() => source.Impair(Slow, scheduler: scheduler));
        result.Messages.AssertEqual(OnNext(240, 1), OnNext(245, 2), OnCompleted<int>(245));
        source.Subscriptions.AssertEqual(Subscribe(200, 220));
    }

    [Fact]
    public void Without_harm_everything_passes_at_once()
    {
        var scheduler = new TestScheduler();
        var source = scheduler.CreateHotObservable(OnNext(210, 1), OnNext(210, 2), OnNext(220, 3), OnCompleted<int>(220));
        var result = scheduler.Start(() => source.Impair(new ReactiveLink.Testing.Impairment(), scheduler: scheduler));
        result.Messages.AssertEqual(OnNext(210, 1), OnNext(210, 2), OnNext(220, 3), OnCompleted<int>(220));
        source.Subscriptions.AssertEqual(Subscribe(200, 220));
    }

    [Fact]
    public void Loss_duplication_and_corruption()
    {
        var scheduler = new TestScheduler();
        var log = new RecordingObserver<ImpairmentEvent<int>>(scheduler);
        var source = scheduler.CreateHotObservable(OnNext(210, 1), OnNext(220, 2), OnNext(300, 3));
        var harm = Slow with { Loss = LossModel.Exactly(2), Duplication = 1, Corruption = 1 };
        var result = scheduler.Start(() => source.Impair(harm, scheduler: scheduler, corrupt: (x, _) => -x, log: log));
        result.Messages.AssertEqual(OnNext(240, -1), OnNext(240, -1), OnNext(330, -3), OnNext(330, -3));
        Assert.Equal(
            [(Corrupted, 210, 1, -1), (Duplicated, 210, 1, -1), (Lost, 220, 2, 2), (Delivered, 240, 1, -1), (Delivered, 240, 1, -1),
                (Corrupted, 300, 3, -3), (Duplicated, 300, 3, -3), (Delivered, 330, 3, -3), (Delivered, 330, 3, -3)],
            log.Values.Select(e => (e.Kind, (int)e.At.Ticks, (int)e.Ordinal, e.Item)));
    }

    [Fact]
    public void Jitter_reorders_and_is_told()
    {
        var jitter = new Queue<long>([50, 0]);
        var scheduler = new TestScheduler();
        var log = new RecordingObserver<ImpairmentEvent<int>>(scheduler);
        var source = scheduler.CreateHotObservable(OnNext(210, 1), OnNext(220, 2));
        var result = scheduler.Start(() => source.Impair(Slow with { Jitter = Distribution.From(_ => Ticks(jitter.Dequeue())) }, scheduler: scheduler, log: log));
        result.Messages.AssertEqual(OnNext(250, 2), OnNext(290, 1));
        Assert.Equal([(Delivered, 2), (Delivered, 1), (Reordered, 1)], log.Values.Select(e => (e.Kind, (int)e.Ordinal)));
    }

    [Fact]
    public void The_order_is_kept_if_asked()
    {
        var jitter = new Queue<long>([50, 0]);
        var scheduler = new TestScheduler();
        var source = scheduler.CreateHotObservable(OnNext(210, 1), OnNext(220, 2));
        var result = scheduler.Start(() => source.Impair(
            Slow with { Jitter = Distribution.From(_ => Ticks(jitter.Dequeue())), KeepOrder = true }, scheduler: scheduler));
        result.Messages.AssertEqual(OnNext(290, 1), OnNext(290, 2));
    }

    [Fact]
    public void What_is_held_back_is_overtaken_at_once()
    {
        var scheduler = new TestScheduler();
        var source = scheduler.CreateHotObservable(Enumerable.Range(0, 40).Select(i => OnNext(210 + (10 * i), i)).ToArray());
        var harm = new ReactiveLink.Testing.Impairment { Reordering = 0.3, ReorderingDelay = Ticks(25) };
        var result = scheduler.Start(() => source.Impair(harm, seed: 4, scheduler: scheduler));
        Assert.All(result.Messages, m => Assert.Contains(m.Time - (210 + (10 * m.Value.Value)), new long[] { 0, 25 }));
        Assert.InRange(result.Messages.Count(m => m.Time - (210 + (10 * m.Value.Value)) == 25), 5, 20);
    }

    [Fact]
    public void More_in_flight_than_allowed_is_dropped_and_told()
    {
        var scheduler = new TestScheduler();
        var log = new RecordingObserver<ImpairmentEvent<int>>(scheduler);
        var source = scheduler.CreateHotObservable(OnNext(210, 1), OnNext(220, 2), OnNext(230, 3), OnNext(245, 4));
        var result = scheduler.Start(() => source.Impair(Slow, scheduler: scheduler, log: log, maximumInFlight: 2));
        result.Messages.AssertEqual(OnNext(240, 1), OnNext(250, 2), OnNext(275, 4));
        Assert.Equal(3, log.Values.Single(e => e.Kind == InFlightFull).Item);
    }

    [Fact]
    public void Same_seed_same_messages_for_every_subscription()
    {
        static IList<Recorded<Notification<int>>> Run(ulong seed)
        {
            var scheduler = new TestScheduler();
            var harm = new ReactiveLink.Testing.Impairment { Jitter = Distribution.Uniform(TimeSpan.Zero, Ticks(100)), Loss = LossModel.Random(0.2), Duplication = 0.2 };
            var impaired = scheduler.CreateColdObservable(Enumerable.Range(1, 60).Select(i => OnNext(i * 5, i)).ToArray()).Impair(harm, seed, scheduler);
            var other = scheduler.CreateObserver<int>();
            scheduler.ScheduleAbsolute(0, 200, (_, _) => impaired.Subscribe(other));
            var result = scheduler.Start(() => impaired);
            Assert.Equal(result.Messages, other.Messages);
            return result.Messages;
        }

        Assert.Equal(Run(8), Run(8));
        Assert.NotEqual(Run(8), Run(9));
    }

    [Fact]
    public void A_log_that_throws_is_left_alone()
    {
        var source = new Subject<int>();
        var logged = 0;
        var log = Observer.Create<ImpairmentEvent<int>>(_ =>
        {
            logged++;
            throw new InvalidOperationException();
        });
        using var got = source.Impair(new ReactiveLink.Testing.Impairment(), log: log).Record();
        source.OnNext(1);
        source.OnNext(2);
        Assert.Equal([1, 2], got.Values);
        Assert.Equal(1, logged);
    }

    [Fact]
    public void An_observer_that_feeds_the_source_is_not_re_entered()
    {
        var source = new Subject<int>();
        using var got = source.Impair(new ReactiveLink.Testing.Impairment()).ValidateSynchronization().Do(x =>
        {
            if (x < 5)
            {
                source.OnNext(x + 1);
            }
        }).Record();
        source.OnNext(1);
        Assert.Equal([1, 2, 3, 4, 5], got.Values);
    }

    [Fact]
    public async Task On_real_threads_the_grammar_holds_and_nothing_is_lost()
    {
        var source = new Subject<int>();
        var harm = new ReactiveLink.Testing.Impairment { Latency = TimeSpan.FromMilliseconds(1), Jitter = Distribution.Uniform(TimeSpan.Zero, TimeSpan.FromMilliseconds(3)), Duplication = 0.2 };
        using var got = source.Impair(harm, seed: 1, scheduler: DefaultScheduler.Instance).ValidateSynchronization().Record();
        for (var i = 0; i < 3000; i++)
        {
            source.OnNext(i);
        }

        source.OnCompleted();
        await got.WaitForEndAsync(TimeSpan.FromSeconds(20));

        Assert.Null(got.Error);
        got.AssertGrammar();
        Assert.Equal(Enumerable.Range(0, 3000), got.Values.Distinct().Order());
        Assert.InRange(got.Values.Count, 3400, 3800);
    }
}
