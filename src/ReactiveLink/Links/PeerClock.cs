namespace ReactiveLink.Links;

/// <summary>What heartbeats tell of one peer. The receive thread writes, any thread reads; both seldom.</summary>
internal sealed class PeerClock
{
    /// <summary>Of a longer name this much is kept: there are as many as peers, and a datagram has room for a long one.</summary>
    private const int LongestSource = 256;

    private readonly Lock _gate = new();
    private readonly ClockFilter _filter = new();
    private readonly DelayLine _line = new();
    private string? _source;
    private ulong _answered;

    public string? Source
    {
        get => Volatile.Read(ref _source);
        set => Volatile.Write(ref _source, value);
    }

    /// <summary>What is known of a peer's clock; null before its first heartbeat.</summary>
    public static PeerClock? Find(PeerSequence peer) => peer.Companion as PeerClock;

    /// <summary>What a peer calls itself, if it is known.</summary>
    public static string? SourceOf(PeerSequence peer) => peer.Companion switch
    {
        PeerClock clock => clock.Source,
        string source => source,
        _ => null,
    };

    /// <summary>What is kept of what a peer calls itself.</summary>
    public static string? Name(string? source) => source is { Length: > LongestSource }
        ? source[..(char.IsHighSurrogate(source[LongestSource - 1]) ? LongestSource - 1 : LongestSource)]
        : source;

    /// <summary>What is known of a peer's clock. For the receive thread.</summary>
    public static PeerClock Of(PeerSequence peer)
    {
        if (peer.Companion is PeerClock known)
        {
            return known;
        }

        // Before the first heartbeat its source alone is kept, which most often is a string that others have too.
        var clock = new PeerClock { Source = peer.Companion as string };
        peer.Companion = clock;
        return clock;
    }

    /// <summary>A heartbeat came, an answer or not.</summary>
    public void Heard(long at, long sent)
    {
        lock (_gate)
        {
            _line.Add(at, unchecked(at - sent));
        }
    }

    /// <summary>Whether an answer is the first one to its number, and none to a later one came before.</summary>
    public bool TryTakeAnswer(ulong number)
    {
        lock (_gate)
        {
            if (number <= _answered)
            {
                return false;
            }

            _answered = number;
            return true;
        }
    }

    public void Measured(long roundTrip, long offset, long at)
    {
        lock (_gate)
        {
            if (_filter.Add(new ClockFilter.Sample(roundTrip, offset, at)))
            {
                _line.Clear();
            }
        }
    }

    /// <summary>The measurement with the shortest of the last round trips; null while there is none.</summary>
    public ClockFilter.Sample? Best
    {
        get
        {
            lock (_gate)
            {
                return _filter.IsEmpty ? null : _filter.Best;
            }
        }
    }

    public PeerStatistics AddTo(PeerStatistics statistics)
    {
        lock (_gate)
        {
            statistics = statistics with { DelayTrend = _line.Slope };
            return _filter.IsEmpty ? statistics : statistics with
            {
                RoundTripTime = TimeSpan.FromTicks(_filter.Best.RoundTrip),
                LastRoundTripTime = TimeSpan.FromTicks(_filter.Last.RoundTrip),
                ClockOffset = TimeSpan.FromTicks(_filter.Best.Offset),
            };
        }
    }
}
