using System.Text;

namespace Syslog;

/// <summary>
/// What follows the priority in RFC 3164, and in what the field has made of it. Nothing is refused: what is not there is null, and what is left is the text.
/// </summary>
internal static class Rfc3164
{
    private const int LongestHost = 255;
    private const int LongestTag = 48;

    public static string? Read(ReadOnlySpan<byte> rest, Facility facility, Severity severity, DateTimeOffset arrival, out SyslogMessage message)
    {
        var timestamp = LooseTimestamp.Read(ref rest, arrival);
        string? host = null;
        if (timestamp is not null)
        {
            host = ReadHost(ref rest);
        }

        var (tag, processId) = ReadTag(ref rest);
        message = new SyslogMessage
        {
            Format = SyslogFormat.Rfc3164,
            Facility = facility,
            Severity = severity,
            Timestamp = timestamp,
            Host = host,
            Application = tag,
            ProcessId = processId,
            Text = Encoding.UTF8.GetString(rest),
        };
        return null;
    }

    /// <summary>A word behind the timestamp, unless it is a tag already, as in what programs write to their own machine.</summary>
    private static string? ReadHost(ref ReadOnlySpan<byte> rest)
    {
        var space = rest.IndexOf((byte)' ');
        if (space is < 1 or > LongestHost)
        {
            return null;
        }

        var word = rest[..space];
        if (word[^1] == ':' || word.Contains((byte)'[') || word.IndexOfAnyExceptInRange((byte)'!', (byte)'~') >= 0)
        {
            return null;
        }

        rest = rest[(space + 1)..];
        return Encoding.ASCII.GetString(word);
    }

    /// <summary><c>tag:</c>, <c>tag[pid]:</c> or <c>tag[pid]</c>, with a space behind it or not.</summary>
    private static (string? Tag, string? ProcessId) ReadTag(ref ReadOnlySpan<byte> rest)
    {
        var length = rest.IndexOfAny(": ["u8);
        if (length is < 1 or > LongestTag || rest[length] == ' ' || rest[..length].IndexOfAnyExceptInRange((byte)'!', (byte)'~') >= 0)
        {
            return default;
        }

        var tag = Encoding.ASCII.GetString(rest[..length]);
        var after = rest[length..];
        string? processId = null;
        if (after[0] == '[')
        {
            var end = after.IndexOf((byte)']');
            if (end is < 2 or > 129 || after[1..end].IndexOfAnyExceptInRange((byte)'!', (byte)'~') >= 0)
            {
                return default;
            }

            processId = Encoding.ASCII.GetString(after[1..end]);
            after = after[(end + 1)..];
        }

        after = after is [(byte)':', ..] ? after[1..] : after;
        rest = after is [(byte)' ', ..] ? after[1..] : after;
        return (tag, processId);
    }
}
