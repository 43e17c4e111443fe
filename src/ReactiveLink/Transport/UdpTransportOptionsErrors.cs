using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace ReactiveLink.Transport;

/// <summary>Finds everything that is wrong with transport options, in the order of their declaration.</summary>
internal sealed class UdpTransportOptionsErrors(UdpTransportOptions options)
{
    private readonly List<string> _errors = [];

    /// <exception cref="ArgumentException">There are errors; all are listed.</exception>
    public static void ThrowIfAny(UdpTransportOptions options)
    {
        var errors = new UdpTransportOptionsErrors(options).Find();
        if (errors.Count != 0)
        {
            throw new ArgumentException(
                "The transport cannot be opened with these options:" + string.Concat(errors.Select(e => "\n- " + e)), nameof(options));
        }
    }

    /// <summary>The options that a user's function makes of given ones.</summary>
    public static UdpTransportOptions Configured(UdpTransportOptions options, Func<UdpTransportOptions, UdpTransportOptions>? configure) =>
        configure is null
            ? options
            : configure(options) ?? throw new ArgumentException("The function returned null. Return the options that it was given, changed or not.", nameof(configure));

    private List<string> Find()
    {
        Endpoints();
        Multicast();
        Range(nameof(options.MulticastTimeToLive), options.MulticastTimeToLive, 0, 255);
        NotEmpty(nameof(options.MulticastInterface), options.MulticastInterface);
        Range(nameof(options.ReceiveBufferSize), options.ReceiveBufferSize, 0, int.MaxValue);
        Range(nameof(options.SendBufferSize), options.SendBufferSize, 0, int.MaxValue);
        Range(nameof(options.MaximumDatagramSize), options.MaximumDatagramSize, 1, 65535);
        if (!Enum.IsDefined(options.PayloadMemory))
        {
            _errors.Add("PayloadMemory must be a member of PayloadMemory.");
        }

        if (!Enum.IsDefined(options.Engine))
        {
            _errors.Add("Engine must be a member of SocketEngine.");
        }

        Range(nameof(options.SendQueueCapacity), options.SendQueueCapacity, 1, 1_000_000);
        Set(nameof(options.Scheduler), options.Scheduler);
        Positive(nameof(options.RebindDelay), options.RebindDelay);
        Positive(nameof(options.MaximumRebindDelay), options.MaximumRebindDelay);
        if (options.MaximumRebindDelay < options.RebindDelay)
        {
            _errors.Add("MaximumRebindDelay is shorter than RebindDelay. Make it at least as long.");
        }

        Range(nameof(options.MaximumInternedEndpoints), options.MaximumInternedEndpoints, 16, 1 << 24);
        Positive(nameof(options.EndpointIdleTimeout), options.EndpointIdleTimeout);
        Set(nameof(options.LoggerFactory), options.LoggerFactory);
        return _errors;
    }

    private void Endpoints()
    {
        if (options.Local is null && options.Remote is null)
        {
            _errors.Add("Neither Local nor Remote is set. Set Local to listen, Remote to be a client.");
        }

        if (options.Remote is { } remote)
        {
            if (remote.IsAny || IPAddress.Any.Equals(remote.Address) || IPAddress.IPv6Any.Equals(remote.Address))
            {
                _errors.Add($"Remote '{remote}' is any address. Name the host to send to, for example 127.0.0.1:9000.");
            }

            if (remote.Port == 0)
            {
                _errors.Add($"Remote '{remote}' has port 0. Name the port to send to.");
            }

            if (IPAddress.Broadcast.Equals(remote.Address) && !options.Broadcast)
            {
                _errors.Add($"Remote '{remote}' is the broadcast address, and Broadcast is not set: the system would refuse every send. Set Broadcast.");
            }

            if (options.Local?.Address is { } local && remote.Address is { } address
                && local.AddressFamily != address.AddressFamily && !local.Equals(IPAddress.IPv6Any))
            {
                _errors.Add($"Local '{options.Local}' and Remote '{remote}' are of different address families. Use two of the same.");
            }
        }

        if (options.DualStack == true && options.Local?.Address?.AddressFamily == AddressFamily.InterNetwork)
        {
            _errors.Add($"DualStack is set with the IPv4 address '{options.Local}'. Listen on [::] or leave DualStack unset.");
        }
    }

    private void Multicast()
    {
        if (options.MulticastGroups.IsDefaultOrEmpty)
        {
            return;
        }

        foreach (var group in options.MulticastGroups)
        {
            if (group?.Address is null)
            {
                _errors.Add("MulticastGroups contains null. Remove it.");
                continue;
            }

            NotEmpty($"The interface of multicast group {group.Address}", group.Interface);
            if (!MulticastGroup.IsMulticast(group.Address))
            {
                _errors.Add($"MulticastGroups contains {group.Address}, which is not a multicast address. Use one of 224.0.0.0/4 or ff00::/8.");
            }
            else if (options.Local?.Address is { } local && local.AddressFamily != group.Address.AddressFamily
                && !(local.Equals(IPAddress.IPv6Any) && options.DualStack != false))
            {
                _errors.Add(
                    $"The multicast group {group.Address} cannot be joined on the local address {local}: the address families differ. "
                    + "Listen on *, or on an address of the group's family.");
            }
        }
    }

    private void Range(string name, int value, int least, int most)
    {
        if (value < least || value > most)
        {
            _errors.Add(string.Create(CultureInfo.InvariantCulture, $"{name} is {value}. Use {least} to {most}."));
        }
    }

    private void Positive(string name, TimeSpan value)
    {
        if (value <= TimeSpan.Zero || value > TimeSpan.FromDays(1))
        {
            _errors.Add(string.Create(CultureInfo.InvariantCulture, $"{name} is {value}. Use more than zero and at most one day."));
        }
    }

    private void NotEmpty(string name, string? value)
    {
        if (value is not null && string.IsNullOrWhiteSpace(value))
        {
            _errors.Add($"{name} is empty. Write an interface's index, name or address, or leave it null.");
        }
    }

    private void Set(string name, object? value)
    {
        if (value is null)
        {
            _errors.Add($"{name} is null. Leave it at its default or set one.");
        }
    }
}
