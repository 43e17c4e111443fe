using ReactiveLink;

namespace Syslog;

/// <summary>Reads a datagram that holds one message (RFC 5426) of RFC 5424 or RFC 3164. A version behind the priority tells them apart.</summary>
internal static class SyslogParser
{
    public static bool TryParse(in Datagram datagram, out SyslogMessage value, out string? error)
    {
        value = null!;
        var text = datagram.Payload.Span;
        var start = ReadPriority(text, out var priority);
        if (start < 0)
        {
            error = SyslogErrors.BadPriority;
            return false;
        }

        var (facility, severity) = ((Facility)(priority / 8), (Severity)(priority % 8));
        var rest = text[start..];
        error = HasVersion(rest)
            ? Rfc5424.Read(rest, facility, severity, out value)
            : Rfc3164.Read(rest, facility, severity, datagram.ReceivedAt, out value);
        return error is null;
    }

    /// <summary><c>&lt;0&gt;</c> to <c>&lt;191&gt;</c>, without zeros in front.</summary>
    private static int ReadPriority(ReadOnlySpan<byte> text, out int priority)
    {
        priority = 0;
        var end = text.IndexOf((byte)'>');
        if (end is < 2 or > 4 || text[0] != '<' || (text[1] == '0' && end > 2))
        {
            return -1;
        }

        foreach (var digit in text[1..end])
        {
            if (!char.IsAsciiDigit((char)digit))
            {
                return -1;
            }

            priority = (priority * 10) + digit - '0';
        }

        return priority <= 191 ? end + 1 : -1;
    }

    /// <summary>Up to three digits and a space. A date in the older form begins with a letter; a year, in what some devices send, has four digits.</summary>
    private static bool HasVersion(ReadOnlySpan<byte> text)
    {
        var digits = text.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        return digits is >= 1 and <= 3 && text[digits] == ' ';
    }
}
