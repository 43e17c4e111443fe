using System.Globalization;
using System.Text.RegularExpressions;

namespace ReactiveLink.Fuzz;

/// <summary>Endpoint texts by their grammar.</summary>
internal static partial class EndpointModel
{
    /// <summary>Host and port that a text means, or null where it is none; an IPv6 address is in its eight groups.</summary>
    public static (string Host, string? Scope, int Port)? Expect(string text)
    {
        var rest = text.Trim();
        if (rest.Contains("://", StringComparison.Ordinal))
        {
            if (!rest.StartsWith("udp://", StringComparison.OrdinalIgnoreCase))
            {
                return null;
            }

            rest = rest[6..];
            rest = rest.EndsWith('/') ? rest[..^1] : rest;
        }

        if (Bracketed().Match(rest) is { Success: true } v6)
        {
            return V6(v6, v6.Groups["port"].Value);
        }

        if (Bare().Match(rest) is { Success: true } bare)
        {
            return V6(bare, "");
        }

        if (rest.Length == 0 || Plain().Match(rest) is not { Success: true } plain || Port(plain.Groups["port"].Value) is not { } port)
        {
            return null;
        }

        var host = plain.Groups["host"].Value;
        if (host is "" or "*")
        {
            return ("*", null, port);
        }

        return (host.Any(character => character is not (>= '0' and <= '9' or '.')) ? IsName(host) : V4(host) is not null) ? (host, null, port) : null;
    }

    /// <summary>The four bytes of an IPv4 address, or null.</summary>
    public static byte[]? V4(string text)
    {
        var parts = text.Split('.');
        var isAddress = parts.Length == 4
            && parts.All(part => part.Length is > 0 and <= 3 && part.All(char.IsAsciiDigit) && (part.Length == 1 || part[0] != '0') && int.Parse(part, CultureInfo.InvariantCulture) <= 255);
        return isAddress ? [.. parts.Select(part => byte.Parse(part, CultureInfo.InvariantCulture))] : null;
    }

    /// <summary>The eight groups of an IPv6 address (RFC 4291, section 2.2), or null.</summary>
    public static int[]? V6Groups(string text)
    {
        var halves = text.Split("::");
        if (halves.Length > 2)
        {
            return null;
        }

        var head = Groups(halves[0], mayEndInV4: halves.Length == 1);
        var tail = halves.Length == 1 ? [] : Groups(halves[1], mayEndInV4: true);
        if (head is null || tail is null)
        {
            return null;
        }

        var missing = 8 - head.Length - tail.Length;
        return halves.Length == 1 ? (missing == 0 ? head : null) : missing >= 1 ? [.. head, .. new int[missing], .. tail] : null;
    }

    private static int[]? Groups(string text, bool mayEndInV4)
    {
        if (text.Length == 0)
        {
            return [];
        }

        var parts = text.Split(':');
        var groups = new List<int>();
        for (var i = 0; i < parts.Length; i++)
        {
            if (i == parts.Length - 1 && mayEndInV4 && V4(parts[i]) is { } v4)
            {
                groups.AddRange([(v4[0] << 8) | v4[1], (v4[2] << 8) | v4[3]]);
            }
            else if (parts[i].Length is > 0 and <= 4 && parts[i].All(char.IsAsciiHexDigit))
            {
                groups.Add(int.Parse(parts[i], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
            }
            else
            {
                return null;
            }
        }

        return [.. groups];
    }

    private static (string Host, string? Scope, int Port)? V6(Match match, string port)
    {
        if (V6Groups(match.Groups["address"].Value) is not { } groups || Port(port) is not { } number)
        {
            return null;
        }

        // An IPv4 address in IPv6 is the IPv4 address, which has no scope.
        return groups is [0, 0, 0, 0, 0, 0xFFFF, var high, var low]
            ? (string.Create(CultureInfo.InvariantCulture, $"{high >> 8}.{high & 255}.{low >> 8}.{low & 255}"), null, number)
            : (string.Join(':', groups.Select(group => group.ToString("x", CultureInfo.InvariantCulture))), match.Groups["scope"] is { Success: true } scope ? scope.Value : null, number);
    }

    private static int? Port(string text) =>
        text.Length == 0 ? EndpointText.DefaultPort : int.Parse(text, CultureInfo.InvariantCulture) is var port and <= 65_535 ? port : null;

    private static bool IsName(string host)
    {
        host = host.EndsWith('.') ? host[..^1] : host;
        return host.Length <= 253 && Array.TrueForAll(host.Split('.'), label => label.Length <= 63 && Label().IsMatch(label));
    }

    [GeneratedRegex(@"\A\[(?<address>[0-9A-Fa-f:.]*)(%(?<scope>[\p{L}\p{Nd}._@-]+))?\](:(?<port>[0-9]{1,5}))?\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Bracketed();

    [GeneratedRegex(@"\A(?<address>[0-9A-Fa-f.]*:[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*)(%(?<scope>[\p{L}\p{Nd}._@-]+))?\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Bare();

    [GeneratedRegex(@"\A(?<host>[^:/?#\[]?[^:/?#]*)(:(?<port>[0-9]{1,5}))?\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Plain();

    [GeneratedRegex(@"\A[\p{L}\p{Nd}_]([\p{L}\p{Nd}_-]*[\p{L}\p{Nd}_])?\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Label();
}
