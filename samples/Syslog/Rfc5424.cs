using System.Text;
using System.Text.Unicode;

namespace Syslog;

/// <summary>What follows the priority in RFC 5424, section 6.</summary>
internal static class Rfc5424
{
    public static string? Read(ReadOnlySpan<byte> rest, Facility facility, Severity severity, out SyslogMessage message)
    {
        message = null!;
        if (Token(ref rest) is not [(byte)'1'])
        {
            return SyslogErrors.BadVersion;
        }

        if (!Rfc3339.TryParse(Token(ref rest), out var timestamp))
        {
            return SyslogErrors.BadTimestamp;
        }

        if (!TryName(ref rest, 255, out var host))
        {
            return SyslogErrors.BadHost;
        }

        if (!TryName(ref rest, 48, out var application))
        {
            return SyslogErrors.BadApplication;
        }

        if (!TryName(ref rest, 128, out var processId))
        {
            return SyslogErrors.BadProcessId;
        }

        if (!TryName(ref rest, 32, out var messageId))
        {
            return SyslogErrors.BadMessageId;
        }

        var error = StructuredData.Read(ref rest, out var data);
        if (error is not null || !TryText(rest, out var text))
        {
            return error ?? SyslogErrors.BadText;
        }

        message = new SyslogMessage
        {
            Format = SyslogFormat.Rfc5424,
            Facility = facility,
            Severity = severity,
            Timestamp = timestamp,
            Host = host,
            Application = application,
            ProcessId = processId,
            MessageId = messageId,
            StructuredData = data,
            Text = text,
        };
        return null;
    }

    /// <summary>What comes before the next space; the rest is what comes after it.</summary>
    private static ReadOnlySpan<byte> Token(ref ReadOnlySpan<byte> rest)
    {
        var space = rest.IndexOf((byte)' ');
        var token = space < 0 ? rest : rest[..space];
        rest = space < 0 ? default : rest[(space + 1)..];
        return token;
    }

    /// <summary>1 to so many printable ASCII characters, or a hyphen for nothing.</summary>
    private static bool TryName(ref ReadOnlySpan<byte> rest, int longest, out string? name)
    {
        var token = Token(ref rest);
        name = token is [(byte)'-'] ? null : Encoding.ASCII.GetString(token);
        return !token.IsEmpty && token.Length <= longest && token.IndexOfAnyExceptInRange((byte)'!', (byte)'~') < 0;
    }

    /// <summary>A space and any bytes, or nothing at all. What begins with a byte order mark says that it is UTF-8, and has to be.</summary>
    private static bool TryText(ReadOnlySpan<byte> rest, out string text)
    {
        text = "";
        if (rest.IsEmpty)
        {
            return true;
        }

        if (rest[0] != ' ')
        {
            return false;
        }

        rest = rest[1..];
        var isMarked = rest.StartsWith("\uFEFF"u8);
        rest = isMarked ? rest[3..] : rest;
        text = Encoding.UTF8.GetString(rest);
        return !isMarked || Utf8.IsValid(rest);
    }
}
