namespace Quickstart;

/// <summary>What was really put on the wire, and so what a receiver has to say of it. Knows nothing of ReactiveLink's own sequencing.</summary>
internal sealed class Truth
{
    private readonly HashSet<uint> _arrived = [];
    private uint? _first;
    private uint _highest;

    public int Dropped { get; set; }

    public int Delayed { get; set; }

    public int Doubled { get; set; }

    public int Corrupted { get; private set; }

    public int OnTheWire { get; private set; }

    public int InOrder { get; private set; }

    public int Gaps { get; private set; }

    public int Duplicates { get; private set; }

    public int Late { get; private set; }

    /// <summary>Numbers between the first and the highest that never arrived whole.</summary>
    public int Lost => _first is { } first ? (int)(_highest - first + 1) - _arrived.Count(number => number >= first) : 0;

    public void Record(uint sequence, bool corrupt)
    {
        OnTheWire++;
        if (corrupt)
        {
            Corrupted++;
        }
        else if (!_arrived.Add(sequence))
        {
            Duplicates++;
        }
        else if (_first is null)
        {
            _first = _highest = sequence;
            InOrder++;
        }
        else if (sequence < _highest)
        {
            Late++;
        }
        else
        {
            _ = sequence == _highest + 1 ? InOrder++ : Gaps++;
            _highest = sequence;
        }
    }
}
