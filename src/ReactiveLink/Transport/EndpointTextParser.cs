using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace ReactiveLink.Transport;

/// <summary>
/// Reads endpoint texts. Stricter than <see cref="IPAddress.Parse(string)"/>, which takes <c>1</c>, <c>0x7f.1</c> and <c>010.0.0.1</c> for addresses:
/// what is not exactly an address or a name is an error that says so.
/// </summary>
internal static class EndpointTextParser
{
    private const string Scheme = "udp://";
    private const string Usage = "Write host:port, [IPv6]:port or :port, for example 127.0.0.1:9000.";

    /// <summary>The endpoint, or null and what is wrong.</summary>
    public static EndpointText? Parse(string? text, out string? error)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            error = "The endpoint is empty. " + Usage;
            return null;
        }

        error = null;
        var rest = text.AsSpan().Trim();
        var scheme = rest.IndexOf("://", StringComparison.Ordinal);
        if (scheme >= 0)
        {
            if (!rest.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            {
                error = $"The endpoint '{text}' names the scheme '{rest[..scheme]}'. Only udp:// is supported: write udp://host:port.";
                return null;
            }

            rest = rest[Scheme.Length..];
            rest = rest.EndsWith("/", StringComparison.Ordinal) ? rest[..^1] : rest;
        }

        if (rest.IsEmpty)
        {
            error = $"The endpoint '{text}' has no host and no port. {Usage}";
            return null;
        }

        if (rest.IndexOfAny('/', '?', '#') >= 0)
        {
            error = $"The endpoint '{text}' has a path or a query. An endpoint is only host and port: {Usage}";
            return null;
        }

        return rest[0] == '[' ? ParseBracketed(text, rest, out error) : ParsePlain(text, rest, out error);
    }

    private static EndpointText? ParseBracketed(string text, ReadOnlySpan<char> rest, out string? error)
    {
        var close = rest.IndexOf(']');
        if (close < 0)
        {
            error = $"The endpoint '{text}' opens a bracket and does not close it. Write [IPv6]:port, for example [::1]:9000.";
            return null;
        }

        var tail = rest[(close + 1)..];
        var port = EndpointText.DefaultPort;
        if (!tail.IsEmpty && (tail[0] != ':' || !TryPort(tail[1..], out port)))
        {
            error = tail[0] == ':'
                ? PortError(text, tail[1..])
                : $"The endpoint '{text}' has '{tail}' after the bracket. Write [IPv6]:port, for example [::1]:9000.";
            return null;
        }

        return MakeIPv6(text, rest[1..close], port, out error);
    }

    private static EndpointText? ParsePlain(string text, ReadOnlySpan<char> rest, out string? error)
    {
        var colon = rest.IndexOf(':');
        if (colon >= 0 && rest.LastIndexOf(':') != colon)
        {
            return MakeIPv6(text, rest, EndpointText.DefaultPort, out error);
        }

        var host = colon < 0 ? rest : rest[..colon];
        var port = EndpointText.DefaultPort;
        if (colon >= 0 && !TryPort(rest[(colon + 1)..], out port))
        {
            error = PortError(text, rest[(colon + 1)..]);
            return null;
        }

        error = null;
        if (host.IsEmpty || host is "*")
        {
            return new EndpointText("*", port);
        }

        if (host.IndexOfAnyExcept("0123456789.") < 0)
        {
            if (TryIPv4(host, out var address))
            {
                return new EndpointText(address.ToString(), port, address);
            }

            error = $"The endpoint '{text}' has '{host}' for an IPv4 address. Write four numbers from 0 to 255 without leading zeros, for example 127.0.0.1.";
            return null;
        }

        if (IsName(host))
        {
            return new EndpointText(host.ToString(), port);
        }

        error = $"The endpoint '{text}' has '{host}' for a host name. A name has letters, digits, hyphens and dots. {Usage}";
        return null;
    }

    private static EndpointText? MakeIPv6(string text, ReadOnlySpan<char> literal, int port, out string? error)
    {
        var percent = literal.IndexOf('%');
        var scope = percent < 0 ? default : literal[(percent + 1)..];
        var digits = percent < 0 ? literal : literal[..percent];
        if (percent >= 0 && !IsScope(scope))
        {
            error = $"The endpoint '{text}' has '{scope}' for a scope. Write an interface's name or index after the %, for example [fe80::1%eth0]:9000.";
            return null;
        }

        if (TryIPv6(digits, scope: default, out var address))
        {
            error = null;
            if (address.IsIPv4MappedToIPv6)
            {
                // As in UdpEndpoint: one address has one form.
                address = address.MapToIPv4();
                return new EndpointText(address.ToString(), port, address);
            }

            return new EndpointText(address.ToString(), port, address, percent < 0 ? null : scope.ToString());
        }

        error = $"The endpoint '{text}' has '{digits}' for an IPv6 address. Write [IPv6]:port, for example [::1]:9000; a port needs the brackets.";
        return null;
    }

    /// <summary>An IPv4 or IPv6 address, the latter also with a scope, exactly as it is to be written; see the class.</summary>
    public static bool TryAddress(ReadOnlySpan<char> text, [NotNullWhen(true)] out IPAddress? address)
    {
        if (text.IndexOf(':') < 0)
        {
            return TryIPv4(text, out address);
        }

        var percent = text.IndexOf('%');
        if (percent < 0)
        {
            return TryIPv6(text, scope: default, out address);
        }

        address = null;
        return IsScope(text[(percent + 1)..]) && TryIPv6(text[..percent], text[percent..], out address);
    }

    private static bool TryPort(ReadOnlySpan<char> text, out int port)
    {
        port = 0;
        return text.Length is > 0 and <= 5
            && text.IndexOfAnyExceptInRange('0', '9') < 0
            && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port)
            && port <= ushort.MaxValue;
    }

    private static string PortError(string text, ReadOnlySpan<char> port) => port.IsEmpty
        ? $"The endpoint '{text}' has no port after the colon. Write a port from 0 to 65535, or leave out the colon for port {EndpointText.DefaultPort}."
        : $"The endpoint '{text}' has '{port}' for a port. Write a number from 0 to 65535.";

    private static bool TryIPv6(ReadOnlySpan<char> digits, ReadOnlySpan<char> scope, [NotNullWhen(true)] out IPAddress? address)
    {
        // The characters are checked first: the platform's parser also takes brackets, ports and prefix lengths. So is an IPv4 address at the end: it takes
        // leading zeros there.
        address = null;
        var colon = digits.LastIndexOf(':');
        return colon >= 0 && digits.IndexOfAnyExcept("0123456789abcdefABCDEF:.") < 0
            && (digits.IndexOf('.') < 0 || TryIPv4(digits[(colon + 1)..], out _))
            && IPAddress.TryParse(scope.IsEmpty ? digits : string.Concat(digits, scope), out address) && address.AddressFamily == AddressFamily.InterNetworkV6;
    }

    private static bool TryIPv4(ReadOnlySpan<char> text, [NotNullWhen(true)] out IPAddress? address)
    {
        Span<byte> bytes = stackalloc byte[4];
        address = null;
        for (var i = 0; i < 4; i++)
        {
            var dot = text.IndexOf('.');
            var part = i < 3 ? (dot < 0 ? default : text[..dot]) : text;
            if (part.Length is 0 or > 3 || (part.Length > 1 && part[0] == '0') || part.IndexOfAnyExceptInRange('0', '9') >= 0
                || !byte.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out bytes[i]))
            {
                return false;
            }

            text = i < 3 ? text[(dot + 1)..] : default;
        }

        address = new IPAddress(bytes);
        return true;
    }

    private static bool IsName(ReadOnlySpan<char> host)
    {
        host = host[^1] == '.' ? host[..^1] : host;
        if (host.Length is 0 or > 253)
        {
            return false;
        }

        foreach (var range in host.Split('.'))
        {
            var label = host[range];
            if (label.Length is 0 or > 63 || label[0] == '-' || label[^1] == '-')
            {
                return false;
            }

            foreach (var character in label)
            {
                if (!char.IsLetterOrDigit(character) && character is not ('-' or '_'))
                {
                    return false;
                }
            }
        }

        return true;
    }

    private static bool IsScope(ReadOnlySpan<char> scope)
    {
        foreach (var character in scope)
        {
            if (!char.IsLetterOrDigit(character) && character is not ('-' or '_' or '.' or '@'))
            {
                return false;
            }
        }

        return !scope.IsEmpty;
    }
}
