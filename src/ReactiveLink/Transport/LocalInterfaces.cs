using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;

namespace ReactiveLink.Transport;

/// <summary>Finds a network interface of this machine by what a person writes: its index, its name, or one of its addresses.</summary>
internal static class LocalInterfaces
{
    /// <summary>The interface's index.</summary>
    /// <exception cref="LinkOpenException">There is no such interface.</exception>
    public static int IndexOf(string text)
    {
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var index))
        {
            return index;
        }

        var isAddress = IPAddress.TryParse(text, out var address);
        var interfaces = NetworkInterface.GetAllNetworkInterfaces();
        foreach (var candidate in interfaces)
        {
            if (isAddress
                ? HasAddress(candidate, address!)
                : string.Equals(candidate.Name, text, StringComparison.Ordinal) || string.Equals(candidate.Id, text, StringComparison.Ordinal))
            {
                return IndexOf(candidate);
            }
        }

        var names = string.Join(", ", interfaces.Select(i => i.Name));
        throw new LinkOpenException($"This machine has no network interface '{text}'. Write an interface's index, name or address; there are: {names}.");
    }

    private static bool HasAddress(NetworkInterface candidate, IPAddress address)
    {
        foreach (var unicast in candidate.GetIPProperties().UnicastAddresses)
        {
            // An address of the interface matches with and without its scope.
            if (unicast.Address.GetAddressBytes().AsSpan().SequenceEqual(address.GetAddressBytes()))
            {
                return true;
            }
        }

        return false;
    }

    private static int IndexOf(NetworkInterface candidate)
    {
        var properties = candidate.GetIPProperties();
        return candidate.Supports(NetworkInterfaceComponent.IPv4)
            ? properties.GetIPv4Properties().Index
            : properties.GetIPv6Properties().Index;
    }
}
