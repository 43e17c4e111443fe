using System.Net;
using System.Reactive.Linq;
using Microsoft.Reactive.Testing;

namespace ReactiveLink.Tests.Sequencing;

/// <summary>A number n is item n % 1000 of peer n / 1000, in a space of 8 bits unless a test says otherwise.</summary>
public sealed class ResequenceTests : ReactiveTest
{
    private static readonly TimeSpan Patience = TimeSpan.FromTicks(100);

    [Fact]
    public void Resequence_ArgumentChecking()
    {
        var source = Observable.Empty<Sequenced<int>>();

        Assert.Throws<ArgumentNullException>(() => SequenceObservable.Resequence<int>(null!, 1, Patience));
        Assert.Throws<ArgumentOutOfRangeException>(() => source.Resequence(0, Patience));
        Assert.Throws<ArgumentOutOfRangeException>(() => source.Resequence(65_537, Patience));
        Assert.Throws<ArgumentOutOfRangeException>(() => source.Resequence(1, TimeSpan.FromTicks(-1)));
        Assert.Throws<ArgumentNullException>(() => source.Resequence(1, Patience).Subscribe(null!));
    }

    [Fact]
    public void Resequence_Never() => new Timeline().Run().Gives();

    [Fact]
    public void Resequence_Empty() => new Timeline(OnCompleted<int>(250)).Run().Gives(OnCompleted<string>(250));

    [Fact]
    public void Resequence_Error_flushes_what_is_held_first()
    {
        var error = new InvalidOperationException("test");

        new Timeline(OnNext(210, 1), OnNext(220, 3), OnNext(230, 6), OnNext(240, 5), OnError<int>(250, error)).Run()
            .Gives(OnNext(210, "1 in-order"), OnNext(250, "3 gap(1)"), OnNext(250, "5 gap(1)"), OnNext(250, "6 in-order"), OnError<string>(250, error));
    }

    [Fact]
    public void Resequence_completion_flushes_what_is_held_first() =>
        new Timeline(OnNext(210, 1), OnNext(215, 1001), OnNext(220, 3), OnNext(225, 1005), OnNext(230, 6), OnCompleted<int>(250)).Run()
            .Gives(
                OnNext(210, "1 in-order"),
                OnNext(215, "1001 in-order"),
                OnNext(250, "3 gap(1)"),
                OnNext(250, "6 gap(2)"),
                OnNext(250, "1005 gap(3)"),
                OnCompleted<string>(250));

    [Fact]
    public void Resequence_Dispose_gives_nothing_more()
    {
        var timeline = new Timeline(OnNext(210, 1), OnNext(220, 3), OnNext(310, 2));

        timeline.Run(disposed: 300).Gives(OnNext(210, "1 in-order"));
        timeline.Source.Subscriptions.AssertEqual(Subscribe(200, 300));
    }

    [Fact]
    public void Resequence_in_order_passes_at_once() =>
        new Timeline(OnNext(210, 254), OnNext(220, 255), OnNext(230, 0), OnNext(240, 1), OnCompleted<int>(250)).Run()
            .Gives(
                OnNext(210, "254 in-order"), OnNext(220, "255 in-order"), OnNext(230, "0 in-order"), OnNext(240, "1 in-order"), OnCompleted<string>(250));

    [Fact]
    public void Resequence_a_late_item_is_put_in_its_place() =>
        new Timeline(OnNext(210, 1), OnNext(220, 3), OnNext(230, 4), OnNext(240, 2), OnNext(250, 5), OnCompleted<int>(400)).Run()
            .Gives(
                OnNext(210, "1 in-order"),
                OnNext(240, "2 in-order"),
                OnNext(240, "3 in-order"),
                OnNext(240, "4 in-order"),
                OnNext(250, "5 in-order"),
                OnCompleted<string>(400));

    [Fact]
    public void Resequence_across_the_wrap() =>
        new Timeline(OnNext(210, 253), OnNext(220, 0), OnNext(230, 255), OnNext(240, 2), OnNext(250, 254), OnNext(260, 1), OnCompleted<int>(400)).Run()
            .Gives(
                OnNext(210, "253 in-order"),
                OnNext(250, "254 in-order"),
                OnNext(250, "255 in-order"),
                OnNext(250, "0 in-order"),
                OnNext(260, "1 in-order"),
                OnNext(260, "2 in-order"),
                OnCompleted<string>(400));

    [Fact]
    public void Resequence_of_a_counter_wider_than_the_space_goes_on_past_the_wrap()
    {
        var timeline = new Timeline(OnNext(210, 254), OnNext(220, 255), OnNext(230, 256), OnNext(240, 258), OnNext(250, 257), OnNext(260, 513)).Run();

        timeline.Gives(
            OnNext(210, "254 in-order"),
            OnNext(220, "255 in-order"),
            OnNext(230, "256 in-order"),
            OnNext(250, "257 in-order"),
            OnNext(250, "258 in-order"));
        timeline.Faults(OnNext(260, FaultReason.Duplicate));
    }

    [Fact]
    public void Resequence_goes_on_when_patience_ends_and_the_missing_one_is_too_late()
    {
        var timeline = new Timeline(OnNext(210, 1), OnNext(220, 3), OnNext(250, 4), OnNext(330, 2), OnNext(340, 5)).Run();

        timeline.Gives(OnNext(210, "1 in-order"), OnNext(320, "3 gap(1)"), OnNext(320, "4 in-order"), OnNext(340, "5 in-order"));
        timeline.Faults(OnNext(330, FaultReason.TooLate));
    }

    [Fact]
    public void Resequence_every_gap_has_its_own_patience() =>
        new Timeline(OnNext(210, 1), OnNext(220, 3), OnNext(250, 7), OnNext(260, 5)).Run()
            .Gives(OnNext(210, "1 in-order"), OnNext(320, "3 gap(1)"), OnNext(350, "5 gap(1)"), OnNext(350, "7 gap(1)"));

    [Fact]
    public void Resequence_a_gap_that_filled_does_not_shorten_the_next_ones_patience() =>
        new Timeline(OnNext(210, 1), OnNext(220, 3), OnNext(230, 2), OnNext(300, 5)).Run()
            .Gives(OnNext(210, "1 in-order"), OnNext(230, "2 in-order"), OnNext(230, "3 in-order"), OnNext(400, "5 gap(1)"));

    [Fact]
    public void Resequence_goes_on_when_depth_is_reached()
    {
        var timeline = new Timeline(OnNext(210, 1), OnNext(220, 3), OnNext(230, 5), OnNext(240, 6), OnNext(250, 4), OnNext(260, 2)).Run(depth: 3);

        timeline.Gives(
            OnNext(210, "1 in-order"), OnNext(240, "3 gap(1)"), OnNext(250, "4 in-order"), OnNext(250, "5 in-order"), OnNext(250, "6 in-order"));
        timeline.Faults(OnNext(260, FaultReason.TooLate));
    }

    [Fact]
    public void Resequence_with_depth_1_or_no_patience_holds_nothing_back()
    {
        Recorded<System.Reactive.Notification<int>>[] input = [OnNext(210, 1), OnNext(220, 3), OnNext(230, 2), OnNext(240, 4)];
        foreach (var timeline in new[] { new Timeline(input).Run(depth: 1), new Timeline(input).Run(patience: TimeSpan.Zero) })
        {
            timeline.Gives(OnNext(210, "1 in-order"), OnNext(220, "3 gap(1)"), OnNext(240, "4 in-order"));
            timeline.Faults(OnNext(230, FaultReason.TooLate));
        }
    }

    [Fact]
    public void Resequence_without_end_of_patience_waits_for_depth() =>
        new Timeline(OnNext(210, 1), OnNext(220, 3), OnNext(900, 4)).Run(depth: 2, patience: TimeSpan.MaxValue)
            .Gives(OnNext(210, "1 in-order"), OnNext(900, "3 gap(1)"), OnNext(900, "4 in-order"));

    [Fact]
    public void Resequence_duplicates_are_dropped_as_faults()
    {
        var timeline = new Timeline(OnNext(210, 1), OnNext(220, 1), OnNext(230, 3), OnNext(240, 3), OnNext(250, 2), OnNext(260, 2)).Run();

        timeline.Gives(OnNext(210, "1 in-order"), OnNext(250, "2 in-order"), OnNext(250, "3 in-order"));
        timeline.Faults(OnNext(220, FaultReason.Duplicate), OnNext(240, FaultReason.Duplicate), OnNext(260, FaultReason.Duplicate));
    }

    [Fact]
    public void Resequence_a_stray_is_dropped_and_holds_up_nothing()
    {
        var timeline = new Timeline(OnNext(210, 1), OnNext(220, 2), OnNext(230, 140), OnNext(240, 3)).Run();

        timeline.Gives(OnNext(210, "1 in-order"), OnNext(220, "2 in-order"), OnNext(240, "3 in-order"));
        timeline.Faults(OnNext(230, FaultReason.TooLate));
    }

    [Fact]
    public void Resequence_a_restart_flushes_and_begins_anew()
    {
        var timeline = new Timeline(
            OnNext(210, 1), OnNext(220, 2), OnNext(225, 4), OnNext(230, 140), OnNext(240, 141), OnNext(250, 143), OnNext(260, 142)).Run();

        timeline.Gives(
            OnNext(210, "1 in-order"),
            OnNext(220, "2 in-order"),
            OnNext(240, "4 gap(1)"),
            OnNext(240, "141 restart"),
            OnNext(260, "142 in-order"),
            OnNext(260, "143 in-order"));
        timeline.Faults(OnNext(230, FaultReason.TooLate));
    }

    [Fact]
    public void Resequence_a_forged_first_item_does_not_hold_up_the_peer() =>
        new Timeline(OnNext(210, 200), OnNext(220, 90), OnNext(230, 91), OnNext(240, 92)).Run()
            .Gives(OnNext(210, "200 in-order"), OnNext(220, "90 restart"), OnNext(230, "91 in-order"), OnNext(240, "92 in-order"));

    [Fact]
    public void Resequence_numbers_before_the_first_are_too_late()
    {
        var timeline = new Timeline(OnNext(210, 5), OnNext(220, 4), OnNext(230, 6)).Run();

        timeline.Gives(OnNext(210, "5 in-order"), OnNext(230, "6 in-order"));
        timeline.Faults(OnNext(220, FaultReason.TooLate));
    }

    [Fact]
    public void Resequence_peers_do_not_wait_for_each_other() =>
        new Timeline(OnNext(210, 1), OnNext(215, 1001), OnNext(220, 3), OnNext(230, 1002), OnNext(240, 1004), OnNext(250, 2)).Run()
            .Gives(
                OnNext(210, "1 in-order"),
                OnNext(215, "1001 in-order"),
                OnNext(230, "1002 in-order"),
                OnNext(250, "2 in-order"),
                OnNext(250, "3 in-order"),
                OnNext(340, "1004 gap(1)"));

    [Fact]
    public void Resequence_two_gaps_of_more_than_half_the_space_together_give_up_the_first() =>
        new Timeline(OnNext(210, 0), OnNext(215, 1), OnNext(220, 100), OnNext(230, 200), OnNext(240, 150)).Run().Gives(
            OnNext(210, "0 in-order"), OnNext(215, "1 in-order"), OnNext(230, "100 gap(98)"), OnNext(330, "150 gap(49)"), OnNext(330, "200 gap(49)"));

    [Fact]
    public void Resequence_items_without_a_peer_pass_at_once()
    {
        var scheduler = new TestScheduler();
        var item = new Sequenced<int>(7, 0, Verdict.InOrder, Peer: null);
        var source = scheduler.CreateHotObservable(OnNext(210, item), OnNext(220, item));

        var result = scheduler.Start(() => source.Resequence(4, Patience, scheduler));

        result.Messages.AssertEqual(OnNext(210, item), OnNext(220, item));
    }

    [Fact]
    public void Resequence_faults_carry_the_remote_endpoint()
    {
        var scheduler = new TestScheduler();
        var remote = new UdpEndpoint(IPAddress.Loopback, 9);
        var faults = scheduler.CreateObserver<Fault>();
        var source = scheduler.CreateHotObservable(OnNext(210, 1), OnNext(220, 1));

        scheduler.Start(() => source.TrackSequence(_ => remote, n => (ulong)n, SequenceSpace.UInt8, scheduler: scheduler).Resequence(4, Patience, scheduler, faults));

        faults.Messages.AssertEqual(OnNext(220, new Fault(FaultReason.Duplicate, new DateTimeOffset(220, TimeSpan.Zero), remote)));
    }

    [Fact]
    public void Resequence_uses_one_timer_for_all_peers_and_none_where_nothing_waits()
    {
        var scheduler = new CountingScheduler();
        var source = scheduler.CreateHotObservable([.. Enumerable.Range(0, 300).Select(i => OnNext(210 + (i / 3), (i / 3 * 1000) + new[] { 1, 2, 4 }[i % 3]))]);
        using var subscription = source.TrackSequence(n => n / 1000, n => (ulong)(n % 1000), SequenceSpace.UInt16, scheduler: scheduler)
            .Resequence(4, TimeSpan.FromTicks(1000), scheduler).Subscribe();
        var before = scheduler.Scheduled;

        scheduler.AdvanceTo(209 + 100);
        Assert.Equal(1, scheduler.Scheduled - before);
        scheduler.Start();

        // One more for each tick at which some peer's patience ended, at most.
        Assert.InRange(scheduler.Scheduled - before, 2, 101);
    }

    [Fact]
    public void Resequence_forgets_the_peers_that_tracking_forgot()
    {
        var peers = new List<WeakReference>();
        var subject = new System.Reactive.Subjects.Subject<int>();
        using var subscription = subject.TrackSequence(n => n, n => (ulong)n, SequenceSpace.UInt32, new SequenceOptions { MaximumPeers = 10 })
            .Do(item => peers.Add(new WeakReference(item.Peer)))
            .Resequence(4, Patience).Subscribe();

        for (var n = 0; n < 10_000; n++)
        {
            subject.OnNext(n);
        }

        GC.Collect();
        Assert.InRange(peers.Count(peer => peer.IsAlive), 0, 40);
    }

    private sealed class CountingScheduler : TestScheduler
    {
        public int Scheduled { get; private set; }

        public override IDisposable ScheduleAbsolute<TState>(
            TState state, long dueTime, Func<System.Reactive.Concurrency.IScheduler, TState, IDisposable> action)
        {
            Scheduled++;
            return base.ScheduleAbsolute(state, dueTime, action);
        }
    }

    private sealed class Timeline
    {
        private readonly TestScheduler _scheduler = new();
        private readonly ITestableObserver<Fault> _faults;
        private ITestableObserver<string>? _result;

        public Timeline(params Recorded<System.Reactive.Notification<int>>[] messages)
        {
            Source = _scheduler.CreateHotObservable(messages);
            _faults = _scheduler.CreateObserver<Fault>();
        }

        public ITestableObservable<int> Source { get; }

        public Timeline Run(int depth = 16, TimeSpan? patience = null, long disposed = 1000)
        {
            _result = _scheduler.Start(
                () => Source.TrackSequence(n => n / 1000, n => (ulong)(n % 1000), SequenceSpace.UInt8, scheduler: _scheduler)
                    .Resequence(depth, patience ?? Patience, _scheduler, _faults)
                    .Select(item => item.Value + " " + item.Verdict),
                disposed);
            return this;
        }

        public void Gives(params Recorded<System.Reactive.Notification<string>>[] messages) => _result!.Messages.AssertEqual(messages);

        public void Faults(params Recorded<System.Reactive.Notification<FaultReason>>[] faults) =>
            Assert.Equal(faults.Select(fault => (fault.Time, fault.Value.Value)), _faults.Messages.Select(fault => (fault.Time, fault.Value.Value.Reason)));
    }
}
