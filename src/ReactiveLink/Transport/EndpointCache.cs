namespace ReactiveLink.Transport;

/// <summary>
/// Makes each remote endpoint one object, without allocation once it is known. Two generations bound it: what is used lives in the young
/// one; when that holds half the capacity, or the idle time has passed, the old one is forgotten and the young one becomes old. So an
/// endpoint is forgotten after between half a capacity and a whole one of other new endpoints, or after one to two idle times.
/// </summary>
/// <remarks>Used by the receive thread only; <see cref="Evicted"/> may be read on any thread.</remarks>
internal sealed class EndpointCache(int capacity, TimeSpan idle)
{
    private readonly int _half = capacity / 2;
    private readonly long _idleTicks = idle.Ticks;
    private EndpointTable _young = new();
    private EndpointTable _old = new();
    private UdpEndpoint? _last;
    private long _bornTicks;
    private long _evicted;

    /// <summary>How many endpoints were forgotten.</summary>
    public long Evicted => Interlocked.Read(ref _evicted);

    public int Count => _young.Count + _old.Count;

    public UdpEndpoint Intern(ref readonly EndpointKey key, long elapsedTicks)
    {
        if (elapsedTicks - _bornTicks >= _idleTicks)
        {
            Age(elapsedTicks);
        }

        var last = _last;
        if (last is not null && last.Key.Equals(key))
        {
            return last;
        }

        var hash = key.GetHashCode();
        var endpoint = _young.Find(in key, hash) ?? Renew(in key, hash, elapsedTicks);
        _last = endpoint;
        return endpoint;
    }

    private UdpEndpoint Renew(ref readonly EndpointKey key, int hash, long elapsedTicks)
    {
        if (!_old.Remove(in key, hash, out var endpoint))
        {
            endpoint = new UdpEndpoint(in key);
        }

        if (_young.Count >= _half)
        {
            Age(elapsedTicks);
        }

        _young.Add(endpoint!, hash);
        return endpoint!;
    }

    private void Age(long elapsedTicks)
    {
        _bornTicks = elapsedTicks;
        if (_old.Count != 0)
        {
            Interlocked.Add(ref _evicted, _old.Count);
            _old.Clear();
        }

        (_young, _old) = (_old, _young);

        // The fast path does not touch the tables: its endpoint is in use although its entry looks idle.
        if (_last is { } last && _old.Remove(in last.Key, last.Key.GetHashCode(), out _))
        {
            _young.Add(last, last.Key.GetHashCode());
        }
    }
}
