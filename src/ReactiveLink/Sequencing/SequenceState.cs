namespace ReactiveLink.Sequencing;

/// <summary>What an observed number did to a run of numbers.</summary>
internal enum SequenceStep : byte
{
    /// <summary>It belongs to the run.</summary>
    Believed,

    /// <summary>It was received before.</summary>
    Repeated,

    /// <summary>It is out of the window and not believed.</summary>
    Stray,

    /// <summary>It began a new run.</summary>
    NewRun,
}

/// <summary>The state machine of one peer: RFC 3550 appendix A.1 over any space, with a memory of which numbers came. For one writer.</summary>
/// <remarks>
/// Where it departs from A.1: duplicates and late numbers are told apart; probation moves the expectation but never holds back an item; and
/// a number in order forgets the stray before it, so that two strays far apart in time do not make a restart.
/// </remarks>
internal struct SequenceState(SequenceRules rules)
{
    /// <summary>The peer's, not the state's: here it costs nothing, beside the other small ones.</summary>
    public byte Forgetting;

    private ReceivedNumbers _received = new(rules.Misorder);
    private ulong _highest;
    private ulong _awaited;
    private uint _runLength;
    private byte _consecutive;
    private bool _isAwaiting;
    private SequenceStep _lastStep;

    public readonly SequenceRules Rules => rules;

    public readonly bool IsStarted => _consecutive != 0;

    public readonly bool IsEstablished => _consecutive >= rules.Probation;

    public readonly ulong Highest => _highest;

    public readonly SequenceStep LastStep => _lastStep;

    /// <summary>Takes an item of a sender that numbers none: each is believed.</summary>
    public void Hear()
    {
        if (!IsEstablished)
        {
            _consecutive++;
        }
    }

    /// <summary>Takes the next number.</summary>
    /// <param name="sequence">The number; bits outside the space are ignored.</param>
    /// <param name="lostChange">How many more numbers are missing now; -1 where a late one came.</param>
    public Verdict Observe(ulong sequence, out long lostChange)
    {
        sequence &= rules.Mask;
        lostChange = 0;
        if (!IsStarted)
        {
            return Begin(sequence);
        }

        var ahead = unchecked(sequence - _highest) & rules.Mask;
        if (ahead == 0)
        {
            _lastStep = SequenceStep.Repeated;
            return Verdict.Duplicate;
        }

        if (ahead < rules.Dropout)
        {
            lostChange = (long)(ahead - 1);
            return Advance(sequence, ahead);
        }

        var behind = unchecked(_highest - sequence) & rules.Mask;
        return behind <= rules.Misorder ? LookBehind(sequence, behind, out lostChange) : Doubt(sequence);
    }

    private Verdict Begin(ulong sequence)
    {
        _received.Begin(sequence);
        _highest = sequence;
        _runLength = 0;
        _consecutive = 1;
        _isAwaiting = false;
        _lastStep = SequenceStep.NewRun;
        return Verdict.InOrder;
    }

    private Verdict Advance(ulong sequence, ulong ahead)
    {
        _received.Advance(sequence, ahead);
        _highest = sequence;
        _runLength = (uint)Math.Min(uint.MaxValue, _runLength + ahead);
        _isAwaiting = false;
        _lastStep = SequenceStep.Believed;
        if (!IsEstablished)
        {
            _consecutive = ahead == 1 ? (byte)(_consecutive + 1) : (byte)1;
        }

        return ahead == 1 ? Verdict.InOrder : Verdict.Gap(ahead - 1);
    }

    private Verdict LookBehind(ulong sequence, ulong behind, out long lostChange)
    {
        lostChange = 0;
        if (!_received.Mark(sequence, behind))
        {
            _lastStep = SequenceStep.Repeated;
            return Verdict.Duplicate;
        }

        // Numbers before the first of the run were never counted as lost, so there is no loss to give back.
        lostChange = behind <= _runLength ? -1 : 0;
        _lastStep = SequenceStep.Believed;
        return Verdict.Late;
    }

    /// <summary>Out of the window. Two consecutive such numbers are a sender that began anew; one is a stray.</summary>
    private Verdict Doubt(ulong sequence)
    {
        if (!IsEstablished)
        {
            return Begin(sequence);
        }

        if (_isAwaiting && sequence == _awaited)
        {
            // The number before this one belongs to the new run: it comes first in it, and again it is a duplicate.
            var first = unchecked(sequence - 1) & rules.Mask;
            _received.Begin(first);
            _received.Advance(sequence, 1);
            _highest = sequence;
            _runLength = 1;
            _isAwaiting = false;
            _lastStep = SequenceStep.NewRun;
            return Verdict.Restart;
        }

        _awaited = rules.Space.Next(sequence);
        _isAwaiting = true;
        _lastStep = SequenceStep.Stray;
        return Verdict.Late;
    }
}
