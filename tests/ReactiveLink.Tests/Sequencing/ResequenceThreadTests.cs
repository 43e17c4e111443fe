using System.Reactive;
using System.Reactive.Concurrency;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using System.Reactive.Threading.Tasks;
using ReactiveLink.Sequencing;

namespace ReactiveLink.Tests.Sequencing;

/// <summary>The timer and the source on real threads.</summary>
public sealed class ResequenceThreadTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    [Fact]
    public void The_output_is_serialized_while_timer_and_source_race()
    {
        var subject = new Subject<ulong>();
        var inside = 0;
        var overlaps = 0;
        var delivered = 0L;
        var refused = 0L;
        var afterEnd = 0;
        var ended = false;
        using var done = new ManualResetEventSlim();
        using var subscription = subject.TrackSequence(n => n % 8, n => n / 8, SequenceSpace.UInt32)
            .Resequence(64, TimeSpan.FromMilliseconds(1), DefaultScheduler.Instance, Observer.Create<Fault>(fault =>
            {
                Enter();
                refused += fault.Count;
                Leave();
            }))
            .Subscribe(
                _ =>
                {
                    Enter();
                    afterEnd += ended ? 1 : 0;
                    delivered++;
                    Leave();
                },
                () =>
                {
                    Enter();
                    ended = true;
                    Leave();
                    done.Set();
                });

        var random = new Random(4);
        var sent = 0L;
        for (ulong n = 0; n < 400_000; n++)
        {
            // One in twenty of all but the first is missing, so something always waits for the timer.
            if (n < 16 || random.Next(20) != 0)
            {
                subject.OnNext(n);
                sent++;
            }
        }

        subject.OnCompleted();
        Assert.True(done.Wait(Deadline));
        Assert.Equal(0, Volatile.Read(ref overlaps));
        Assert.Equal(0, afterEnd);
        Assert.Equal(sent, delivered + refused);

        void Enter()
        {
            if (Interlocked.Increment(ref inside) != 1)
            {
                Interlocked.Increment(ref overlaps);
            }
        }

        void Leave() => Interlocked.Decrement(ref inside);
    }

    [Fact]
    public async Task The_timer_gives_up_a_gap_without_any_further_item()
    {
        var subject = new Subject<ulong>();
        var second = subject.TrackSequence(n => n, SequenceSpace.UInt32)
            .Resequence(64, TimeSpan.FromMilliseconds(5)).ElementAt(1).Timeout(Deadline).FirstAsync().ToTask();

        subject.OnNext(1);
        subject.OnNext(3);

        Assert.Equal(Verdict.Gap(1), (await second).Verdict);
    }

    [Fact]
    public void An_observer_that_feeds_the_source_again_is_not_re_entered()
    {
        var subject = new Subject<ulong>();
        var seen = new List<ulong>();
        var isInside = false;
        using var subscription = subject.TrackSequence(n => n, SequenceSpace.UInt32).Resequence(64, TimeSpan.FromMinutes(1)).Subscribe(item =>
        {
            Assert.False(isInside);
            isInside = true;
            seen.Add(item.Sequence);
            if (item.Sequence < 100)
            {
                subject.OnNext(item.Sequence + 1);
            }

            isInside = false;
        });

        subject.OnNext(1);

        Assert.Equal(Enumerable.Range(1, 100).Select(n => (ulong)n), seen);
    }

    [Fact]
    public void What_a_blocked_observer_cannot_take_is_refused_and_counted()
    {
        // A timer on its own clock, so that the item that waits comes on its thread and on no other.
        var scheduler = new HistoricalScheduler();
        var subject = new Subject<ulong>();
        var faults = new List<Fault>();
        var delivered = 0;
        using var entered = new ManualResetEventSlim();
        using var release = new ManualResetEventSlim();
        using var done = new ManualResetEventSlim();
        using var subscription = subject.TrackSequence(n => n, SequenceSpace.UInt32)
            .Resequence(64, TimeSpan.FromMilliseconds(1), scheduler, Observer.Create<Fault>(faults.Add))
            .Subscribe(
                _ =>
                {
                    // The second comes by the timer.
                    if (++delivered == 2)
                    {
                        entered.Set();
                        release.Wait(Deadline);
                    }
                },
                done.Set);

        subject.OnNext(1);
        subject.OnNext(3);
        var timer = new Thread(() => scheduler.AdvanceBy(TimeSpan.FromMilliseconds(1)));
        timer.Start();
        Assert.True(entered.Wait(Deadline));
        for (ulong n = 4; n < 10_004; n++)
        {
            subject.OnNext(n);
        }

        subject.OnCompleted();
        release.Set();
        Assert.True(done.Wait(Deadline));
        timer.Join();
        var fault = Assert.Single(faults);
        Assert.Equal(FaultReason.QueueFull, fault.Reason);
        Assert.Equal(10_000 - ResequenceSink<ulong>.InboxCapacity, fault.Count);
        Assert.Equal(2 + ResequenceSink<ulong>.InboxCapacity, delivered);
    }

    [Fact]
    public void An_observer_that_throws_on_the_timers_thread_is_a_fault_and_loses_its_subscription()
    {
        var scheduler = new HistoricalScheduler();
        var subject = new Subject<ulong>();
        Fault? fault = null;
        var calls = 0;
        using var subscription = subject.TrackSequence(n => n, SequenceSpace.UInt32)
            .Resequence(64, TimeSpan.FromMilliseconds(1), scheduler, Observer.Create<Fault>(value => fault = value))
            .Subscribe(Observer.Create<Sequenced<ulong>>(_ =>
            {
                if (++calls == 2)
                {
                    throw new InvalidOperationException("test");
                }
            }));

        subject.OnNext(1);
        subject.OnNext(3);

        var timer = new Thread(() => scheduler.AdvanceBy(TimeSpan.FromMilliseconds(1)));
        timer.Start();
        timer.Join();

        Assert.Equal(FaultReason.SubscriberFailed, fault!.Value.Reason);
        Assert.Equal("test", fault.Value.Exception!.Message);
        Assert.False(subject.HasObservers);
    }

    [Fact]
    public void An_observer_that_throws_on_the_sources_thread_loses_its_subscription()
    {
        var subject = new Subject<ulong>();
        using var subscription = subject.TrackSequence(n => n, SequenceSpace.UInt32).Resequence(64, TimeSpan.FromMinutes(1))
            .Subscribe(Observer.Create<Sequenced<ulong>>(_ => throw new InvalidOperationException("test")));

        Assert.Throws<InvalidOperationException>(() => subject.OnNext(1));
        Assert.False(subject.HasObservers);
    }

    [Fact]
    public void Disposing_from_inside_OnNext_stops_at_once()
    {
        var subject = new Subject<ulong>();
        var seen = new List<ulong>();
        IDisposable? subscription = null;
        subscription = subject.TrackSequence(n => n, SequenceSpace.UInt32).Resequence(64, TimeSpan.FromMinutes(1)).Subscribe(item =>
        {
            seen.Add(item.Sequence);
            if (item.Sequence == 2)
            {
                subscription!.Dispose();
            }
        });

        foreach (var n in new ulong[] { 1, 3, 4, 2, 5 })
        {
            subject.OnNext(n);
        }

        subscription.Dispose();
        Assert.Equal([1UL, 2], seen);
        Assert.False(subject.HasObservers);
    }
}
