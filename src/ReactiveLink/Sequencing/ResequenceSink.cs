using System.Collections.Concurrent;
using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using ReactiveLink.Diagnostics;
using ReactiveLink.Framing;
using ReactiveLink.Shared;

namespace ReactiveLink.Sequencing;

/// <summary>
/// The work of <c>Resequence</c>. The state belongs to whichever thread raised <c>_work</c> from zero; others leave what they bring in the inbox, raise it
/// further and go. The owner does all that there is before it lowers it to zero.
/// </summary>
internal sealed class ResequenceSink<T>(IObserver<Sequenced<T>> observer, int depth, TimeSpan patience, IScheduler scheduler, IObserver<Fault>? faults)
    : OperatorSink<Sequenced<T>, Sequenced<T>>(observer), IResequenceOutput<T>
{
    internal const int LargestDepth = 65_536;
    internal const int InboxCapacity = 4096;
    private static readonly TimeSpan OneMillisecond = TimeSpan.FromMilliseconds(1);

    private readonly ConcurrentQueue<Sequenced<T>> _inbox = new();
    private readonly Dictionary<PeerSequence, ResequenceBuffer<T>> _buffers = [];
    private readonly List<ResequenceBuffer<T>> _round = [];
    private readonly DeadlineHeap<ResequenceBuffer<T>> _waiting = new();
    private readonly IStopwatch _clock = scheduler.StartStopwatch();
    private readonly SerialDisposable _timer = new();
    private ResequenceBuffer<T>? _last;
    private int _hand;
    private long _timerDue = long.MaxValue;
    private int _work;
    private long _overflown;
    private Exception? _error;
    private volatile bool _hasTicked;
    private volatile bool _isEnding;

    public override void OnNext(Sequenced<T> value)
    {
        if (IsStopped)
        {
            return;
        }

        if (Interlocked.CompareExchange(ref _work, 1, 0) == 0)
        {
            Process(value);
        }
        else
        {
            if (_inbox.Count < InboxCapacity)
            {
                _inbox.Enqueue(value.Keep());
            }
            else
            {
                Interlocked.Increment(ref _overflown);
            }

            if (Interlocked.Increment(ref _work) != 1)
            {
                return;
            }
        }

        WorkOff();
    }

    public override void OnError(Exception error)
    {
        _error = error;
        OnCompleted();
    }

    public override void OnCompleted()
    {
        _isEnding = true;
        if (Interlocked.Increment(ref _work) == 1)
        {
            WorkOff();
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        _timer.Dispose();
    }

    void IResequenceOutput<T>.Release(in Sequenced<T> item, Verdict verdict) => Emit(item with { Verdict = verdict });

    void IResequenceOutput<T>.Refuse(in Sequenced<T> item, FaultReason reason) =>
        Report(faults, new Fault(reason, scheduler.SafeNow(), item.Peer?.Key as UdpEndpoint));

    /// <summary>Does what there is until nothing is left. An exception stops the sink, which then never works again.</summary>
    private void WorkOff()
    {
        var seen = 1;
        do
        {
            while (!IsStopped && _inbox.TryDequeue(out var item))
            {
                Process(item);
            }

            if (Volatile.Read(ref _overflown) != 0)
            {
                Report(faults, new Fault(FaultReason.QueueFull, scheduler.SafeNow(), Count: Interlocked.Exchange(ref _overflown, 0)));
            }

            if (_hasTicked && !IsStopped)
            {
                _hasTicked = false;
                Expire();
            }

            if (_isEnding && _inbox.IsEmpty && !IsStopped)
            {
                End();
            }

            seen = Interlocked.Add(ref _work, -seen);
        }
        while (seen != 0);
    }

    private void Process(in Sequenced<T> item)
    {
        if (item.Peer is null)
        {
            Emit(item);
            return;
        }

        var buffer = _last is not null && ReferenceEquals(_last.Peer, item.Peer) ? _last : Find(item.Peer);
        _last = buffer;
        buffer.Accept(item, _clock, this);
        Await(buffer);
        SetTimer(TimeSpan.Zero);
    }

    private ResequenceBuffer<T> Find(PeerSequence peer)
    {
        MoveHand();
        if (!_buffers.TryGetValue(peer, out var buffer))
        {
            // Two steps at each new peer keep those forgotten from outnumbering those tracked.
            MoveHand();
            buffer = new ResequenceBuffer<T>(peer, depth);
            _buffers.Add(peer, buffer);
            _round.Add(buffer);
        }

        return buffer;
    }

    /// <summary>Looks at one buffer, and drops it if its peer was forgotten.</summary>
    private void MoveHand()
    {
        if (_hand >= _round.Count)
        {
            _hand = 0;
            return;
        }

        var buffer = _round[_hand];
        if (!buffer.Peer.IsForgotten)
        {
            _hand++;
            return;
        }

        _round[_hand] = _round[^1];
        _round.RemoveAt(_round.Count - 1);
        _buffers.Remove(buffer.Peer);
        _waiting.Remove(buffer);
        buffer.Flush(this);
    }

    /// <summary>After a buffer changed: puts it among those that wait, or takes it out.</summary>
    private void Await(ResequenceBuffer<T> buffer)
    {
        if (patience == TimeSpan.Zero)
        {
            buffer.Flush(this);
        }

        if (buffer.IsHolding)
        {
            var earliest = buffer.EarliestArrival;
            var deadline = earliest > long.MaxValue - patience.Ticks ? long.MaxValue : earliest + patience.Ticks;
            if (buffer.HeapIndex < 0 || buffer.Deadline != deadline)
            {
                _waiting.Set(buffer, deadline);
            }
        }
        else
        {
            _waiting.Remove(buffer);
        }
    }

    /// <summary>Gives up the gaps whose patience has ended.</summary>
    private void Expire()
    {
        var now = _clock.Elapsed.Ticks;
        var isEarly = now < _timerDue;
        _timerDue = long.MaxValue;
        while (!IsStopped && _waiting.Earliest is { } buffer && buffer.Deadline <= now)
        {
            buffer.SkipGap(this);
            Await(buffer);
        }

        // System timers count whole milliseconds and may come up to one early; asking for the rest of one would spin.
        SetTimer(isEarly ? OneMillisecond : TimeSpan.Zero);
    }

    private void End()
    {
        while (_waiting.Earliest is { } buffer)
        {
            _waiting.Remove(buffer);
            buffer.Flush(this);
        }

        if (_error is null)
        {
            EmitCompleted();
        }
        else
        {
            EmitError(_error);
        }
    }

    /// <summary>There is one timer, for the earliest deadline. One whose item no longer waits does no harm: it sets the next.</summary>
    private void SetTimer(TimeSpan atLeast)
    {
        if (IsStopped || _waiting.Earliest is not { } earliest || earliest.Deadline >= _timerDue)
        {
            return;
        }

        _timerDue = earliest.Deadline;
        var wait = TimeSpan.FromTicks(Math.Max(atLeast.Ticks, _timerDue - _clock.Elapsed.Ticks));
        _timer.Disposable = scheduler.Schedule(this, wait, static (_, sink) => sink.OnTimer());
    }

    private IDisposable OnTimer()
    {
        _hasTicked = true;
        if (Interlocked.Increment(ref _work) == 1)
        {
            try
            {
                WorkOff();
            }
            catch (Exception exception) when (faults is not null)
            {
                // The sink is stopped by now; nobody up this stack could take the exception.
                faults.OnNext(new Fault(FaultReason.SubscriberFailed, scheduler.SafeNow(), Exception: exception));
            }
        }

        return Disposable.Empty;
    }
}
