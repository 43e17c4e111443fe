using ReactiveLink.Sequencing;

namespace ReactiveLink;

/// <summary>
/// The sequence state of one peer: one object for every item of the peer, until it is forgotten. Reads are consistent on any thread, and never hold up
/// the thread that writes.
/// </summary>
public sealed class PeerSequence
{
    private const byte Expired = 1;
    private const byte Displaced = 2;

    private SequenceState _state;
    private SequenceCounters _counters;
    private JitterEstimator _jitter = new();
    private SequenceLock _lock;
    private object? _companion;

    internal PeerSequence(object key, SequenceRules rules)
    {
        Key = key;
        _state = new SequenceState(rules);
    }

    /// <summary>The peer's key: the remote endpoint in a link, else what the key selector gave.</summary>
    public object Key { get; }

    /// <summary>The number space.</summary>
    public SequenceSpace Space => _state.Rules.Space;

    /// <summary>The highest number of the peer's present run.</summary>
    public ulong HighestSequence
    {
        get
        {
            while (true)
            {
                var version = _lock.BeginRead();
                var highest = _state.Highest;
                if (_lock.IsUnchanged(version))
                {
                    return highest;
                }
            }
        }
    }

    /// <summary>The number that would be in order.</summary>
    public ulong ExpectedSequence => Space.Next(HighestSequence);

    /// <summary>RFC 3550 interarrival jitter (sections 6.4.1 and A.8), or zero where no timestamps are known. A difference of more than a minute does not count: the sender's clock was set.</summary>
    public TimeSpan Jitter => TimeSpan.FromTicks((long)GetJitterTicks());

    /// <summary>What its owner knows of the peer beside its numbers: kept here, so that there is no second table.</summary>
    internal object? Companion
    {
        get => Volatile.Read(ref _companion);
        set => Volatile.Write(ref _companion, value);
    }

    internal SequenceRules Rules => _state.Rules;

    /// <summary>Whether the table has removed the peer: no item will carry it any more.</summary>
    internal bool IsForgotten => Volatile.Read(ref _state.Forgetting) != 0;

    /// <summary>Whether that was because a new peer needed the place.</summary>
    internal bool IsDisplaced => Volatile.Read(ref _state.Forgetting) == Displaced;

    /// <summary>For the writing thread.</summary>
    internal bool IsEstablished => _state.IsEstablished;

    /// <summary>A consistent snapshot of the counts.</summary>
    /// <returns>The counts since the peer was first seen.</returns>
    public SequenceStatistics GetStatistics()
    {
        while (true)
        {
            var version = _lock.BeginRead();
            var statistics = _counters.ToStatistics();
            if (_lock.IsUnchanged(version))
            {
                return statistics;
            }
        }
    }

    /// <summary>The jitter in units of the sender's timestamps, as RTCP reports it.</summary>
    /// <param name="clockRate">The units in a second, more than 0: 90,000 for RTP video.</param>
    /// <returns>The jitter, rounded down.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="clockRate"/> is not positive.</exception>
    public uint GetJitterUnits(int clockRate)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(clockRate);
        return (uint)Math.Min(uint.MaxValue, GetJitterTicks() * clockRate / TimeSpan.TicksPerSecond);
    }

    /// <summary>Takes the peer's next number. One thread at a time.</summary>
    internal Verdict Observe(ulong sequence, out long lostChange)
    {
        _lock.BeginWrite();
        var verdict = _state.Observe(sequence, out lostChange);
        _counters.Add(verdict.Kind, lostChange);
        _lock.EndWrite();
        return verdict;
    }

    /// <summary>Takes an item without a number: it is in order. One thread at a time.</summary>
    internal void Hear()
    {
        _lock.BeginWrite();
        _state.Hear();
        _counters.Add(VerdictKind.InOrder, lostChange: 0);
        _lock.EndWrite();
    }

    /// <summary>Takes the times of the item that <see cref="Observe"/> just took; a duplicate or a stray does not count.</summary>
    internal void ObserveTransit(TimeSpan arrival, TimeSpan sent)
    {
        if (IsTransitOfInterest())
        {
            _lock.BeginWrite();
            _jitter.Observe(arrival.Ticks, sent.Ticks);
            _lock.EndWrite();
        }
    }

    /// <summary>As <see cref="ObserveTransit(TimeSpan, TimeSpan)"/>, with a 32-bit timestamp that wraps.</summary>
    internal void ObserveTransit(TimeSpan arrival, uint timestamp, int clockRate)
    {
        if (IsTransitOfInterest())
        {
            _lock.BeginWrite();
            _jitter.Observe(arrival.Ticks, timestamp, clockRate);
            _lock.EndWrite();
        }
    }

    internal void Forget(bool isDisplaced) => Volatile.Write(ref _state.Forgetting, isDisplaced ? Displaced : Expired);

    private bool IsTransitOfInterest()
    {
        if (_state.LastStep == SequenceStep.NewRun)
        {
            _jitter.Restart();
        }

        return _state.LastStep is SequenceStep.Believed or SequenceStep.NewRun;
    }

    private double GetJitterTicks()
    {
        while (true)
        {
            var version = _lock.BeginRead();
            var ticks = _jitter.Ticks;
            if (_lock.IsUnchanged(version))
            {
                return ticks;
            }
        }
    }
}
