using System.Net;

namespace ReactiveLink.Testing;

/// <summary>
/// A NAT in front of hosts of a <see cref="VirtualNetwork"/>: what they send to hosts elsewhere comes from its address and a port that it gives to each of
/// their endpoints; what is sent to such a port, by anyone, goes back to that endpoint.
/// </summary>
public sealed class VirtualNat
{
    private const int FirstPort = 40_000;
    private const int LastPort = 59_999;

    private readonly VirtualNetwork _network;
    private readonly Dictionary<(VirtualHost Host, UdpEndpoint Endpoint), int> _ports = [];
    private readonly Dictionary<int, (VirtualHost Host, UdpEndpoint Endpoint)> _inside = [];
    private int _last = FirstPort - 1;

    internal VirtualNat(VirtualNetwork network, IPAddress address)
    {
        _network = network;
        Address = address;
    }

    /// <summary>The address that the world sees.</summary>
    public IPAddress Address { get; }

    /// <summary>
    /// Forgets every mapping, as a NAT does that restarts or thinks a flow idle: hosts appear from other ports from their next datagram on, and what is
    /// still sent to the old ports gets lost.
    /// </summary>
    public void Rebind() => _network.Rebind(this);

    /// <summary>Under the network's lock.</summary>
    internal void Forget()
    {
        _ports.Clear();
        _inside.Clear();
    }

    /// <summary>Under the network's lock. Null if all ports are taken.</summary>
    internal UdpEndpoint? Outside(VirtualHost host, UdpEndpoint endpoint)
    {
        if (!_ports.TryGetValue((host, endpoint), out var port))
        {
            if (_inside.Count > LastPort - FirstPort)
            {
                return null;
            }

            do
            {
                _last = _last == LastPort ? FirstPort : _last + 1;
            }
            while (_inside.ContainsKey(_last));
            port = _last;
            _ports.Add((host, endpoint), port);
            _inside.Add(port, (host, endpoint));
        }

        return new UdpEndpoint(Address, port);
    }

    /// <summary>Under the network's lock.</summary>
    internal bool TryInside(int port, out (VirtualHost Host, UdpEndpoint Endpoint) inside) => _inside.TryGetValue(port, out inside);
}
