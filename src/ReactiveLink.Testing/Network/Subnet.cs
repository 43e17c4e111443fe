using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace ReactiveLink.Testing;

/// <summary>An address of a host with the length of its network's prefix.</summary>
internal sealed class Subnet
{
    private Subnet(IPAddress address, int prefix)
    {
        Address = address;
        Prefix = prefix;
        Broadcast = address.AddressFamily == AddressFamily.InterNetwork && prefix < 31 ? BroadcastOf(address, prefix) : null;
    }

    public IPAddress Address { get; }

    public int Prefix { get; }

    /// <summary>The subnet's broadcast address, or null where there is none.</summary>
    public IPAddress? Broadcast { get; }

    public static Subnet Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var most = 0;
        if (IPAddress.TryParse(slash < 0 ? text : text[..slash], out var address))
        {
            address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
            most = address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128;
        }

        var prefix = most == 32 ? 24 : 64;
        if (address is null || IsSpecial(address)
            || (slash >= 0 && (!int.TryParse(text[(slash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out prefix) || prefix > most)))
        {
            throw new FormatException(
                $"'{text}' is not the address of a host. Write an IPv4 or IPv6 address, if need be with the length of its prefix: 10.0.0.1, 10.0.0.1/16, 2001:db8::1/64.");
        }

        return new Subnet(address, prefix);
    }

    public bool Contains(IPAddress other)
    {
        if (other.AddressFamily != Address.AddressFamily)
        {
            return false;
        }

        var mine = Address.GetAddressBytes();
        var theirs = other.GetAddressBytes();
        for (var bit = 0; bit < Prefix; bit++)
        {
            if (((mine[bit / 8] ^ theirs[bit / 8]) >> (7 - (bit % 8)) & 1) != 0)
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsSpecial(IPAddress address) =>
        IPAddress.IsLoopback(address) || address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any) || address.Equals(IPAddress.Broadcast)
        || Addresses.IsMulticast(address);

    private static IPAddress BroadcastOf(IPAddress address, int prefix)
    {
        var bytes = address.GetAddressBytes();
        for (var bit = prefix; bit < 32; bit++)
        {
            bytes[bit / 8] |= (byte)(0x80 >> (bit % 8));
        }

        return new IPAddress(bytes);
    }
}
