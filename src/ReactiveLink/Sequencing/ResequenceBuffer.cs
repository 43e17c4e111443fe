using System.Reactive.Concurrency;
using ReactiveLink.Shared;

namespace ReactiveLink.Sequencing;

/// <summary>Where a <see cref="ResequenceBuffer{T}"/> puts its items.</summary>
internal interface IResequenceOutput<T>
{
    /// <summary>An item whose turn it is.</summary>
    void Release(in Sequenced<T> item, Verdict verdict);

    /// <summary>An item that is dropped.</summary>
    void Refuse(in Sequenced<T> item, FaultReason reason);
}

/// <summary>
/// Puts the items of one peer into the order of their numbers. Waits while it holds items (<see cref="DeadlineNode"/>); the deadline is that of the item that came first,
/// so no item waits longer than the patience.
/// </summary>
internal sealed class ResequenceBuffer<T>(PeerSequence peer, int depth) : DeadlineNode
{
    private readonly SequenceSpace _space = peer.Space;
    private HeldItems<T> _held;
    private ulong _next;
    private bool _isStarted;

    public PeerSequence Peer => peer;

    /// <summary>Whether items wait for those missing before them.</summary>
    public bool IsHolding => _held.Count != 0;

    /// <summary>When the item arrived that has waited longest.</summary>
    public long EarliestArrival => _held.EarliestArrival;

    /// <summary>Takes the next item.</summary>
    /// <param name="item">The item.</param>
    /// <param name="clock">Asked for the time only if the item is to be held.</param>
    /// <param name="output">Where items go.</param>
    public void Accept(in Sequenced<T> item, IStopwatch clock, IResequenceOutput<T> output)
    {
        switch (item.Verdict.Kind)
        {
            case VerdictKind.Duplicate:
                output.Refuse(item, FaultReason.Duplicate);
                break;
            case VerdictKind.Restart:
                Begin(item, Verdict.Restart, output);
                break;
            case VerdictKind.Late:
                AcceptLate(item, clock, output);
                break;
            default:
                AcceptAhead(item, clock, output);
                break;
        }
    }

    /// <summary>Goes on past the missing numbers before the first item held.</summary>
    public void SkipGap(IResequenceOutput<T> output)
    {
        var item = _held.RemoveFirst();
        Release(item, Verdict.Gap((ulong)_space.Distance(_next, item.Sequence)), output);
        ReleaseRun(output);
    }

    /// <summary>Waits for nothing any more.</summary>
    public void Flush(IResequenceOutput<T> output)
    {
        while (_held.Count != 0)
        {
            SkipGap(output);
        }
    }

    private void AcceptAhead(in Sequenced<T> item, IStopwatch clock, IResequenceOutput<T> output)
    {
        if (!_isStarted)
        {
            Begin(item, Verdict.InOrder, output);
            return;
        }

        var step = _space.Distance(Top, item.Sequence);
        if (step < 1 || step >= (long)peer.Rules.Dropout)
        {
            // The tracker believes it, and yet it is not near the top: a tentative run was given up for another.
            Begin(item, Verdict.Restart, output);
            return;
        }

        // What is held must stay comparable: in a space of 8 bits, two large gaps are more than half of it.
        while (_held.Count != 0 && _space.Distance(_next, _held.LastSequence) > (long)(_space.Mask >> 1) - step)
        {
            SkipGap(output);
        }

        Place(item, clock, output);
    }

    private void AcceptLate(in Sequenced<T> item, IStopwatch clock, IResequenceOutput<T> output)
    {
        var offset = _space.Distance(_next, item.Sequence);
        if (_held.Count == 0 || offset < 0 || offset > _space.Distance(_next, _held.LastSequence))
        {
            // Already given up, or a stray that is not believed.
            output.Refuse(item, FaultReason.TooLate);
            return;
        }

        Place(item, clock, output);
    }

    private void Place(in Sequenced<T> item, IStopwatch clock, IResequenceOutput<T> output)
    {
        if (item.Sequence == _next)
        {
            Release(item, Verdict.InOrder, output);
            ReleaseRun(output);
        }
        else if (!_held.TryInsert(item, clock.Elapsed.Ticks, _next, _space))
        {
            output.Refuse(item, FaultReason.Duplicate);
        }
        else if (_held.Count >= depth)
        {
            SkipGap(output);
        }
    }

    private void Begin(in Sequenced<T> item, Verdict verdict, IResequenceOutput<T> output)
    {
        Flush(output);
        _isStarted = true;
        Release(item, verdict, output);
    }

    /// <summary>The highest number seen of the run.</summary>
    private ulong Top => _held.Count != 0 ? _held.LastSequence : _space.Add(_next, _space.Mask);

    private void ReleaseRun(IResequenceOutput<T> output)
    {
        while (_held.Count != 0 && _held.FirstSequence == _next)
        {
            Release(_held.RemoveFirst(), Verdict.InOrder, output);
        }
    }

    private void Release(in Sequenced<T> item, Verdict verdict, IResequenceOutput<T> output)
    {
        _next = _space.Next(item.Sequence);
        output.Release(item, verdict);
    }
}
