namespace ReactiveLink.Transport;

/// <summary>
/// A set of endpoints by key, for one thread: open addressing with linear probing. The key lies in the endpoint alone, so an entry is a reference and the hash
/// beside it, which is looked at first.
/// </summary>
internal sealed class EndpointTable
{
    private const int InitialSize = 16;

    private UdpEndpoint?[] _endpoints = new UdpEndpoint?[InitialSize];
    private int[] _hashes = new int[InitialSize];

    public int Count { get; private set; }

    public UdpEndpoint? Find(ref readonly EndpointKey key, int hash)
    {
        for (var place = Home(hash); _endpoints[place] is { } endpoint; place = Next(place))
        {
            if (_hashes[place] == hash && endpoint.Key.Equals(key))
            {
                return endpoint;
            }
        }

        return null;
    }

    /// <summary>Adds an endpoint that is not there.</summary>
    public void Add(UdpEndpoint endpoint, int hash)
    {
        // Four fifths at most: with the hashes in one array a longer walk costs little.
        if ((Count + 1) * 5L > _endpoints.Length * 4L)
        {
            Grow();
        }

        Place(endpoint, hash);
        Count++;
    }

    public bool Remove(ref readonly EndpointKey key, int hash, out UdpEndpoint? endpoint)
    {
        var place = Home(hash);
        while ((endpoint = _endpoints[place]) is not null)
        {
            if (_hashes[place] == hash && endpoint.Key.Equals(key))
            {
                Count--;
                Close(place);
                return true;
            }

            place = Next(place);
        }

        return false;
    }

    public void Clear()
    {
        Count = 0;
        Array.Clear(_endpoints);
    }

    /// <summary>Closes a gap: what was put behind it because its place was taken moves up, so that a walk never meets a gap too early.</summary>
    private void Close(int gap)
    {
        for (var place = Next(gap); _endpoints[place] is { } endpoint; place = Next(place))
        {
            var walked = (place - Home(_hashes[place])) & (_endpoints.Length - 1);
            if (walked >= ((place - gap) & (_endpoints.Length - 1)))
            {
                _endpoints[gap] = endpoint;
                _hashes[gap] = _hashes[place];
                gap = place;
            }
        }

        _endpoints[gap] = null;
    }

    private void Grow()
    {
        var (endpoints, hashes) = (_endpoints, _hashes);
        _endpoints = new UdpEndpoint?[endpoints.Length * 2];
        _hashes = new int[endpoints.Length * 2];
        for (var i = 0; i < endpoints.Length; i++)
        {
            if (endpoints[i] is { } endpoint)
            {
                Place(endpoint, hashes[i]);
            }
        }
    }

    private void Place(UdpEndpoint endpoint, int hash)
    {
        var place = Home(hash);
        while (_endpoints[place] is not null)
        {
            place = Next(place);
        }

        _endpoints[place] = endpoint;
        _hashes[place] = hash;
    }

    private int Home(int hash) => hash & (_endpoints.Length - 1);

    private int Next(int place) => (place + 1) & (_endpoints.Length - 1);
}
