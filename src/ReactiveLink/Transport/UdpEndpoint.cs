using System.Net;
using System.Net.Sockets;

namespace ReactiveLink;

/// <summary>
/// An IP address and a UDP port, immutable, compared by value. An IPv4 address that came in over a dual-stack socket is IPv4 here,
/// not IPv4-mapped IPv6.
/// </summary>
public sealed class UdpEndpoint : IEquatable<UdpEndpoint>
{
    private readonly EndpointKey _key;
    private OtherForms? _forms;

    /// <summary>Makes an endpoint.</summary>
    /// <param name="address">IPv4 or IPv6; IPv4-mapped IPv6 becomes IPv4.</param>
    /// <param name="port">0 to 65535.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="port"/> is out of range.</exception>
    public UdpEndpoint(IPAddress address, int port)
        : this(EndpointKey.From(address, port))
    {
    }

    internal UdpEndpoint(in EndpointKey key) => _key = key;

    /// <summary>The IP address.</summary>
    public IPAddress Address => Forms.Address ??= _key.ToAddress();

    /// <summary>The UDP port.</summary>
    public int Port => _key.Port;

    /// <summary>IPv4 or IPv6.</summary>
    public AddressFamily AddressFamily => _key.IsIPv6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork;

    internal ref readonly EndpointKey Key => ref _key;

    // Two threads may each make one: what is in them is equal, and the loser's is forgotten.
    private OtherForms Forms => Volatile.Read(ref _forms) ?? Interlocked.CompareExchange(ref _forms, new OtherForms(), comparand: null) ?? _forms;

    /// <summary>
    /// The address as the system takes it, made once; null for an IPv6 endpoint on an IPv4 socket. It is only read, never handed to a receive.
    /// </summary>
    internal SocketAddress? SocketAddressFor(AddressFamily socketFamily)
    {
        if (socketFamily == AddressFamily)
        {
            return Forms.SocketAddress ??= ToIPEndPoint().Serialize();
        }

        return socketFamily == AddressFamily.InterNetworkV6
            ? Forms.MappedSocketAddress ??= new IPEndPoint(Address.MapToIPv6(), Port).Serialize()
            : null;
    }

    /// <summary>Whether an answer to what was sent here may come from an endpoint: from each member of a group or of the network, else from here alone. Scopes are the receiver's business.</summary>
    internal bool MayAnswer(UdpEndpoint from) => _key.IsMulticast || _key.IsLimitedBroadcast || _key.WithoutScope().Equals(from._key.WithoutScope());

    /// <summary>Makes an endpoint from .NET's mutable one.</summary>
    /// <param name="endPoint">The endpoint to copy.</param>
    /// <returns>An immutable copy.</returns>
    public static UdpEndpoint From(IPEndPoint endPoint)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        return new UdpEndpoint(endPoint.Address, endPoint.Port);
    }

    /// <summary>A new .NET endpoint with the same address and port.</summary>
    /// <returns>A new object, free to be changed.</returns>
    public IPEndPoint ToIPEndPoint() => new(_key.ToAddress(), _key.Port);

    /// <inheritdoc/>
    public bool Equals(UdpEndpoint? other) => ReferenceEquals(this, other) || (other is not null && _key.Equals(other._key));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as UdpEndpoint);

    /// <inheritdoc/>
    public override int GetHashCode() => _key.GetHashCode();

    /// <summary>The text: <c>127.0.0.1:9000</c> or <c>[::1]:9000</c>. Formatted once and kept.</summary>
    /// <returns>Address and port.</returns>
    public override string ToString() => Forms.Text ??= new IPEndPoint(Address, Port).ToString();

    /// <summary>What is made of the key when it is asked for. Apart, since most of a hundred thousand remote endpoints are never asked.</summary>
    private sealed class OtherForms
    {
        public IPAddress? Address { get; set; }

        public string? Text { get; set; }

        public SocketAddress? SocketAddress { get; set; }

        public SocketAddress? MappedSocketAddress { get; set; }
    }
}
