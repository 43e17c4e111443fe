namespace ReactiveLink.Tool.Listening;

/// <summary>Counts distinct remote endpoints, up to a bound: addresses can be forged, memory must not follow them.</summary>
internal sealed class PeerCount
{
    /// <summary>The highest count told.</summary>
    public const int Maximum = 65_536;

    private readonly Lock _gate = new();
    private readonly HashSet<UdpEndpoint> _peers = [];
    private volatile UdpEndpoint? _last;

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _peers.Count;
            }
        }
    }

    public void Add(UdpEndpoint peer)
    {
        // A remote's endpoint is one object while it is in use: most datagrams cost a comparison.
        if (ReferenceEquals(peer, _last))
        {
            return;
        }

        lock (_gate)
        {
            if (_peers.Count < Maximum)
            {
                _peers.Add(peer);
            }
        }

        _last = peer;
    }
}
