using System.Net;
using System.Net.Sockets;

namespace ReactiveLink;

/// <summary>A multicast group to join, and on which network interface.</summary>
/// <param name="Address">The group: 224.0.0.0/4 or ff00::/8.</param>
/// <param name="Interface">
/// The interface to join on: its index, its name or one of its addresses; null lets the system's routing table choose.
/// </param>
public sealed record MulticastGroup(IPAddress Address, string? Interface = null)
{
    /// <summary>Reads <c>group</c> or <c>group@interface</c>, for example <c>239.1.2.3@eth0</c> or <c>ff15::7@2</c>.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The group.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="text"/> is null.</exception>
    /// <exception cref="FormatException">It is not a multicast address; the message says what to write.</exception>
    public static MulticastGroup Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var trimmed = text.Trim();
        var at = trimmed.IndexOf('@', StringComparison.Ordinal);
        var group = at < 0 ? trimmed : trimmed[..at];
        var name = at < 0 ? null : trimmed[(at + 1)..];
        if (!Transport.EndpointTextParser.TryAddress(group, out var address) || !IsMulticast(address) || name is { Length: 0 })
        {
            throw new FormatException(
                $"'{text}' is not a multicast group. Write an address from 224.0.0.0 to 239.255.255.255 or from ff00::/8, "
                + "if need be with an interface: 239.1.2.3@eth0.");
        }

        return new MulticastGroup(address, name);
    }

    /// <summary>The text that <see cref="Parse"/> reads.</summary>
    /// <returns>For example <c>239.1.2.3@eth0</c>.</returns>
    public override string ToString() => Interface is null ? Address.ToString() : Address + "@" + Interface;

    internal static bool IsMulticast(IPAddress address) => address.AddressFamily == AddressFamily.InterNetworkV6
        ? address.IsIPv6Multicast
        : (address.GetAddressBytes()[0] & 0xF0) == 0xE0;
}
