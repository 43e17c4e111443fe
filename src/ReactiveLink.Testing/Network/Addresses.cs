using System.Net;
using System.Net.Sockets;

namespace ReactiveLink.Testing;

/// <summary>Kinds of IP addresses.</summary>
internal static class Addresses
{
    public static bool IsMulticast(IPAddress address) => address.AddressFamily == AddressFamily.InterNetworkV6
        ? address.IsIPv6Multicast
        : (address.GetAddressBytes()[0] & 0xF0) == 0xE0;

    public static bool IsAny(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);

    public static IPAddress Any(AddressFamily family) => family == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any;

    public static IPAddress Loopback(AddressFamily family) => family == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Loopback : IPAddress.Loopback;

    /// <summary>The bytes of the IP and UDP headers.</summary>
    public static int HeaderBytes(IPAddress address) => address.AddressFamily == AddressFamily.InterNetworkV6 ? 48 : 28;
}
