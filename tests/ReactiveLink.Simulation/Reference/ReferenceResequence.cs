namespace ReactiveLink.Simulation.Reference;

/// <summary>One item through the reference.</summary>
internal readonly record struct ReferenceOutput(object Peer, ulong Sequence, Verdict Verdict, FaultReason? Refused);

/// <summary>
/// The behaviour table of <c>Resequence</c> for one peer, on a sorted list: numbers are extended by their wraps, so that order is that of whole numbers.
/// </summary>
internal sealed class ReferenceResequence(object peer, SequenceSpace space, int maximumDropout, int depth, TimeSpan patience)
{
    private readonly Int128 _size = (Int128)1 << space.Bits;
    private readonly SortedList<Int128, long> _held = [];
    private Int128 _next;
    private bool _isStarted;

    /// <summary>When the item that has waited longest must be out; null if none waits.</summary>
    public long? Deadline => _held.Count == 0 ? null : _held.Values.Min() + patience.Ticks;

    private Int128 Highest => _held.Count > 0 ? _held.Keys[^1] : _next - 1;

    public void Accept(ulong sequence, Verdict verdict, long now, List<ReferenceOutput> output)
    {
        switch (verdict.Kind)
        {
            case VerdictKind.Duplicate:
                Refuse(sequence, FaultReason.Duplicate, output);
                return;
            case VerdictKind.Restart:
                Begin(sequence, Verdict.Restart, output);
                break;
            case VerdictKind.Late:
                Late(sequence, now, output);
                break;
            default:
                Ahead(sequence, now, output);
                break;
        }

        while (patience == TimeSpan.Zero && _held.Count > 0)
        {
            GiveUp(output);
        }
    }

    /// <summary>Time has come to now.</summary>
    public void Expire(long now, List<ReferenceOutput> output)
    {
        while (Deadline <= now)
        {
            GiveUp(output);
        }
    }

    public void Flush(List<ReferenceOutput> output)
    {
        while (_held.Count > 0)
        {
            GiveUp(output);
        }
    }

    private void Ahead(ulong sequence, long now, List<ReferenceOutput> output)
    {
        if (!_isStarted)
        {
            Begin(sequence, Verdict.InOrder, output);
            return;
        }

        var ahead = Modulo(sequence - Modulo(Highest));
        if (ahead == 0 || ahead >= Int128.Min(maximumDropout, _size / 2))
        {
            // Believed, but not ahead of the highest: a tentative run was given up for another.
            Begin(sequence, Verdict.Restart, output);
            return;
        }

        // Not by the verdict: what was tracked and could not be decoded never comes here.
        var number = Highest + ahead;

        // Items held must be less than half the space apart, or their order is undefined (RFC 1982).
        while (_held.Count > 0 && number - _next > (_size / 2) - 1)
        {
            GiveUp(output);
        }

        Place(number, now, output);
    }

    private void Late(ulong sequence, long now, List<ReferenceOutput> output)
    {
        // Its place is open if it lies between the next to go out and the highest held.
        var number = _next + Modulo(sequence - Modulo(_next));
        if (_held.Count > 0 && number <= Highest)
        {
            Place(number, now, output);
        }
        else
        {
            Refuse(sequence, FaultReason.TooLate, output);
        }
    }

    private void Place(Int128 number, long now, List<ReferenceOutput> output)
    {
        if (number == _next)
        {
            Release(number, output);
            ReleaseRun(output);
        }
        else if (!_held.TryAdd(number, now))
        {
            Refuse((ulong)Modulo(number), FaultReason.Duplicate, output);
        }
        else if (_held.Count >= depth)
        {
            GiveUp(output);
        }
    }

    private void Begin(ulong sequence, Verdict verdict, List<ReferenceOutput> output)
    {
        Flush(output);
        _isStarted = true;
        _next = (Int128)sequence + 1;
        output.Add(new ReferenceOutput(peer, sequence, verdict, null));
    }

    private void GiveUp(List<ReferenceOutput> output)
    {
        var first = _held.Keys[0];
        _held.RemoveAt(0);
        Release(first, output);
        ReleaseRun(output);
    }

    private void ReleaseRun(List<ReferenceOutput> output)
    {
        while (_held.Count > 0 && _held.Keys[0] == _next)
        {
            _held.RemoveAt(0);
            Release(_next, output);
        }
    }

    private void Release(Int128 number, List<ReferenceOutput> output)
    {
        var missing = number - _next;
        output.Add(new ReferenceOutput(peer, (ulong)Modulo(number), missing == 0 ? Verdict.InOrder : Verdict.Gap((ulong)missing), null));
        _next = number + 1;
    }

    private void Refuse(ulong sequence, FaultReason reason, List<ReferenceOutput> output) => output.Add(new ReferenceOutput(peer, sequence, default, reason));

    private Int128 Modulo(Int128 number) => ((number % _size) + _size) % _size;
}
