namespace ReactiveLink.Simulation.Reference;

/// <summary>
/// The rules of sequencing as the docs of <see cref="SequenceTracker"/> state them (RFC 3550 A.1), with nothing clever: numbers are extended by their wraps, so that
/// they only ever grow, and every number that came is kept in a set.
/// </summary>
internal sealed class ReferenceSequence(SequenceSpace space, SequenceOptions options)
{
    private readonly Int128 _size = (Int128)1 << space.Bits;
    private readonly HashSet<Int128> _received = [];
    private Int128 _first;
    private Int128 _highest;
    private Int128? _afterStray;
    private int _consecutive;

    public SequenceStatistics Statistics { get; private set; }

    /// <summary>How often the numbers passed from the largest to 0.</summary>
    public long Wraps { get; private set; }

    /// <summary>Whether the last number was believed: neither a duplicate nor a stray.</summary>
    public bool LastWasBelieved { get; private set; }

    /// <summary>Whether the last number began a run.</summary>
    public bool LastBeganRun { get; private set; }

    private bool IsStarted => _received.Count > 0;

    public ulong Highest => (ulong)Modulo(_highest);

    // A number as far ahead as half the space is behind.
    private Int128 Dropout => Int128.Min(options.MaximumDropout, _size / 2);

    // What is ahead cannot be behind as well.
    private Int128 Misorder => Int128.Min(options.MaximumMisorder, _size - Dropout);

    private bool IsEstablished { get; set; }

    public Verdict Observe(ulong sequence)
    {
        var number = Modulo(sequence);
        LastWasBelieved = true;
        LastBeganRun = false;
        if (!IsStarted)
        {
            return InOrder(Begin(number));
        }

        var ahead = Modulo(number - _highest);
        var behind = Modulo(_highest - number);
        if (ahead > 0 && ahead < Dropout)
        {
            return Ahead(_highest + ahead);
        }

        if (behind <= Misorder)
        {
            return Behind(_highest - behind);
        }

        if (!IsEstablished)
        {
            return InOrder(Begin(number));
        }

        if (_afterStray == number)
        {
            Begin(Modulo(number - 1));
            _highest++;
            _received.Add(_highest);
            CountWrap(_highest - 1, _highest);
            Statistics += new SequenceStatistics(0, 0, 0, 0, 0, 1);
            return Verdict.Restart;
        }

        LastWasBelieved = false;
        _afterStray = Modulo(number + 1);
        Statistics += new SequenceStatistics(0, 0, 0, 0, 1, 0);
        return Verdict.Late;
    }

    private Verdict Ahead(Int128 number)
    {
        var missing = number - _highest - 1;
        CountWrap(_highest, number);
        _highest = number;
        _received.Add(number);
        _afterStray = null;
        _consecutive = missing == 0 ? _consecutive + 1 : 1;
        IsEstablished |= _consecutive >= options.Probation;
        if (missing == 0)
        {
            return InOrder(Verdict.InOrder);
        }

        Statistics += new SequenceStatistics(0, 1, (long)missing, 0, 0, 0);
        return Verdict.Gap((ulong)missing);
    }

    private Verdict Behind(Int128 number)
    {
        if (!_received.Add(number))
        {
            LastWasBelieved = false;
            Statistics += new SequenceStatistics(0, 0, 0, 1, 0, 0);
            return Verdict.Duplicate;
        }

        Statistics += new SequenceStatistics(0, 0, number > _first ? -1 : 0, 0, 1, 0);
        return Verdict.Late;
    }

    private Verdict Begin(Int128 number)
    {
        LastBeganRun = true;
        _received.Clear();
        _received.Add(number);
        _first = number;
        _highest = number;
        _afterStray = null;
        _consecutive = 1;
        IsEstablished |= options.Probation <= 1;
        return Verdict.InOrder;
    }

    private Verdict InOrder(Verdict verdict)
    {
        Statistics += new SequenceStatistics(1, 0, 0, 0, 0, 0);
        return verdict;
    }

    private void CountWrap(Int128 from, Int128 to) => Wraps += Floor(from) != Floor(to) ? 1 : 0;

    private Int128 Floor(Int128 number) => (number - Modulo(number)) / _size;

    private Int128 Modulo(Int128 number) => ((number % _size) + _size) % _size;
}
