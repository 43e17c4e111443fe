using System.Buffers.Binary;
using System.Net;

namespace ReactiveLink;

/// <summary>The value behind <see cref="UdpEndpoint"/>: a struct key for the peer tables, made from a socket address without allocation.</summary>
internal readonly struct EndpointKey : IEquatable<EndpointKey>
{
    private readonly ulong _high;
    private readonly ulong _low;
    private readonly uint _scope;
    private readonly ushort _port;
    private readonly bool _v6;

    private EndpointKey(ulong high, ulong low, uint scope, ushort port, bool v6)
    {
        _high = high;
        _low = low;
        _scope = scope;
        _port = port;
        _v6 = v6;
    }

    public int Port => _port;

    public bool IsIPv6 => _v6;

    /// <summary>224.0.0.0/4 or ff00::/8.</summary>
    public bool IsMulticast => _v6 ? _high >> 56 == 0xFF : (_low & 0xF000_0000) == 0xE000_0000;

    /// <summary>255.255.255.255.</summary>
    public bool IsLimitedBroadcast => !_v6 && _low == 0xFFFF_FFFF;

    public static EndpointKey From(IPAddress address, int port)
    {
        ArgumentNullException.ThrowIfNull(address);
        ArgumentOutOfRangeException.ThrowIfNegative(port);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(port, 65535);
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var length);
        return length == 4 ? FromIPv4(bytes, (ushort)port) : FromIPv6(bytes, (uint)address.ScopeId, (ushort)port);
    }

    /// <summary>Four address bytes in network order.</summary>
    public static EndpointKey FromIPv4(ReadOnlySpan<byte> address, ushort port) =>
        new(0, BinaryPrimitives.ReadUInt32BigEndian(address), 0, port, v6: false);

    /// <summary>Sixteen address bytes in network order; IPv4-mapped becomes IPv4.</summary>
    public static EndpointKey FromIPv6(ReadOnlySpan<byte> address, uint scope, ushort port)
    {
        var high = BinaryPrimitives.ReadUInt64BigEndian(address);
        var low = BinaryPrimitives.ReadUInt64BigEndian(address[8..]);
        return high == 0 && low >> 32 == 0xFFFF
            ? new EndpointKey(0, (uint)low, 0, port, v6: false)
            : new EndpointKey(high, low, scope, port, v6: true);
    }

    public IPAddress ToAddress()
    {
        Span<byte> bytes = stackalloc byte[16];
        if (!_v6)
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)_low);
            return new IPAddress(bytes[..4]);
        }

        BinaryPrimitives.WriteUInt64BigEndian(bytes, _high);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], _low);
        return new IPAddress(bytes, _scope);
    }

    public EndpointKey WithoutScope() => new(_high, _low, 0, _port, _v6);

    public bool Equals(EndpointKey other) =>
        _low == other._low && _port == other._port && _high == other._high && _scope == other._scope && _v6 == other._v6;

    public override bool Equals(object? obj) => obj is EndpointKey other && Equals(other);

    // Remote senders choose these values: a per-process random seed (HashCode's) keeps them from choosing collisions.
    public override int GetHashCode() => HashCode.Combine(_high, _low, _scope, _port);
}
