using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace ReactiveLink;

/// <summary>
/// An endpoint as people write it: a host or an IP address, and a port. It is checked when parsed and resolved only when used.
/// <list type="table">
/// <listheader><term>text</term><description>meaning</description></listheader>
/// <item><term><c>192.0.2.7:9000</c>, <c>plant.example:9000</c></term><description>an IPv4 address or a name, and a port</description></item>
/// <item><term><c>192.0.2.7</c>, <c>plant.example</c></term><description>the same with port 8080</description></item>
/// <item><term><c>[2001:db8::7]:9000</c>, <c>[2001:db8::7]</c>, <c>2001:db8::7</c></term><description>IPv6; the last two with port 8080</description></item>
/// <item><term><c>[::ffff:192.0.2.7]:9000</c></term><description>the IPv4 address</description></item>
/// <item><term><c>[fe80::1%eth0]:9000</c>, <c>[fe80::1%2]:9000</c></term><description>IPv6 with a scope: an interface by name or index</description></item>
/// <item><term><c>:9000</c>, <c>*:9000</c>, <c>*</c></term><description>any local address</description></item>
/// <item><term><c>udp://192.0.2.7:9000/</c></term><description>any of these as a URI; the last slash may be absent</description></item>
/// </list>
/// </summary>
public sealed record EndpointText
{
    /// <summary>The port when the text has none: 8080.</summary>
    public const int DefaultPort = 8080;

    internal EndpointText(string host, int port, IPAddress? address = null, string? scope = null)
    {
        Host = host;
        Port = port;
        Address = address;
        Scope = scope;
    }

    /// <summary>The name or the IP address without brackets, port and scope; <c>*</c> for any local address.</summary>
    public string Host { get; }

    /// <summary>The port, 0 to 65535; 0 lets the system choose one when binding.</summary>
    public int Port { get; }

    /// <summary>The IP address if the text has one, without its scope; null for a name and for any address.</summary>
    public IPAddress? Address { get; }

    /// <summary>The scope of an IPv6 address: an interface's name or index; null if there is none.</summary>
    public string? Scope { get; }

    /// <summary>Whether the text means any local address.</summary>
    public bool IsAny => Host == "*";

    /// <summary>Reads an endpoint text.</summary>
    /// <param name="text">The text; spaces around it are ignored.</param>
    /// <returns>The endpoint, checked but not resolved.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="text"/> is null.</exception>
    /// <exception cref="FormatException">The text is not an endpoint; the message says what is wrong and what to write.</exception>
    public static EndpointText Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(text, out var value, out var error) ? value : throw new FormatException(error);
    }

    /// <summary>Reads an endpoint text without throwing.</summary>
    /// <param name="text">The text; spaces around it are ignored.</param>
    /// <param name="value">The endpoint if the text is one.</param>
    /// <param name="error">Otherwise what is wrong and what to write.</param>
    /// <returns>Whether the text is an endpoint.</returns>
    public static bool TryParse(string? text, [NotNullWhen(true)] out EndpointText? value, [NotNullWhen(false)] out string? error)
    {
        value = Transport.EndpointTextParser.Parse(text, out error);
        return value is not null;
    }

    /// <summary>The text of a known endpoint.</summary>
    /// <param name="endpoint">An IP address and a port.</param>
    /// <returns>A text that resolves to it.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="endpoint"/> is null.</exception>
    public static EndpointText From(UdpEndpoint endpoint)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        var address = endpoint.Address;
        if (address.AddressFamily != AddressFamily.InterNetworkV6 || address.ScopeId == 0)
        {
            return new EndpointText(address.ToString(), endpoint.Port, address);
        }

        var unscoped = new IPAddress(address.GetAddressBytes());
        var scope = address.ScopeId.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return new EndpointText(unscoped.ToString(), endpoint.Port, unscoped, scope);
    }

    /// <summary>The text of a known endpoint; see <see cref="From"/>.</summary>
    /// <param name="endpoint">An IP address and a port.</param>
    public static implicit operator EndpointText(UdpEndpoint endpoint) => From(endpoint);

    /// <summary>
    /// The IP endpoint that the text means. An IP address needs no name service. Any address becomes <c>[::]</c>, or <c>0.0.0.0</c> where
    /// IPv4 is preferred or IPv6 is missing. Of a name's addresses the first of the preferred family is taken, or else the first;
    /// without a preference IPv4 is preferred.
    /// </summary>
    /// <param name="preference">The preferred family, or <see cref="AddressFamily.Unspecified"/>.</param>
    /// <returns>The endpoint.</returns>
    /// <exception cref="LinkOpenException">The name or the scope does not resolve.</exception>
    public UdpEndpoint Resolve(AddressFamily preference = AddressFamily.Unspecified)
    {
        if (TryResolveLiteral(preference) is { } endpoint)
        {
            return endpoint;
        }

        try
        {
            return Choose(Dns.GetHostAddresses(Host), preference);
        }
        catch (Exception exception) when (exception is SocketException or ArgumentException)
        {
            throw Unresolved(exception);
        }
    }

    /// <summary>As <see cref="Resolve"/>, waiting for the name service asynchronously.</summary>
    /// <param name="preference">The preferred family, or <see cref="AddressFamily.Unspecified"/>.</param>
    /// <param name="cancel">Gives up waiting.</param>
    /// <returns>The endpoint.</returns>
    /// <exception cref="LinkOpenException">The name or the scope does not resolve.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancel"/> was signalled.</exception>
    public async ValueTask<UdpEndpoint> ResolveAsync(
        AddressFamily preference = AddressFamily.Unspecified, CancellationToken cancel = default)
    {
        if (TryResolveLiteral(preference) is { } endpoint)
        {
            return endpoint;
        }

        try
        {
            return Choose(await Dns.GetHostAddressesAsync(Host, cancel).ConfigureAwait(false), preference);
        }
        catch (Exception exception) when (exception is SocketException or ArgumentException)
        {
            throw Unresolved(exception);
        }
    }

    /// <summary>The shortest form that parses to the same endpoint, the port always written.</summary>
    /// <returns>For example <c>127.0.0.1:9000</c>, <c>[fe80::1%eth0]:9000</c> or <c>*:9000</c>.</returns>
    public override string ToString()
    {
        var scope = Scope is null ? "" : "%" + Scope;
        return Address is { AddressFamily: AddressFamily.InterNetworkV6 }
            ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"[{Host}{scope}]:{Port}")
            : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Host}:{Port}");
    }

    private UdpEndpoint? TryResolveLiteral(AddressFamily preference)
    {
        if (IsAny)
        {
            var v6 = preference != AddressFamily.InterNetwork && Socket.OSSupportsIPv6;
            return new UdpEndpoint(v6 ? IPAddress.IPv6Any : IPAddress.Any, Port);
        }

        if (Address is null)
        {
            return null;
        }

        return Scope is null
            ? new UdpEndpoint(Address, Port)
            : new UdpEndpoint(new IPAddress(Address.GetAddressBytes(), Transport.LocalInterfaces.IndexOf(Scope)), Port);
    }

    private UdpEndpoint Choose(IPAddress[] addresses, AddressFamily preference)
    {
        var preferred = preference == AddressFamily.Unspecified ? AddressFamily.InterNetwork : preference;
        IPAddress? chosen = null;
        foreach (var address in addresses)
        {
            if (address.AddressFamily == preferred)
            {
                chosen = address;
                break;
            }

            chosen ??= address;
        }

        return chosen is null ? throw Unresolved(cause: null) : new UdpEndpoint(chosen, Port);
    }

    private LinkOpenException Unresolved(Exception? cause) =>
        new($"The name '{Host}' does not resolve to an address ({cause?.Message ?? "it has none"}). Check the name, or write an IP address.", cause);
}
