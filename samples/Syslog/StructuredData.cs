using System.Collections.Immutable;
using System.Text;
using System.Text.Unicode;

namespace Syslog;

/// <summary>Structured data of RFC 5424, section 6.3.</summary>
internal static class StructuredData
{
    /// <summary>More than these in a message are refused: ids are compared with one another.</summary>
    public const int MaximumElements = 32;

    /// <summary>Of all elements of a message together.</summary>
    public const int MaximumParameters = 256;

    private const int LongestName = 32;

    /// <summary>Reads a hyphen or elements without anything between them. What follows is left.</summary>
    public static string? Read(ref ReadOnlySpan<byte> rest, out ImmutableArray<StructuredElement> elements)
    {
        elements = [];
        if (rest is [(byte)'-', ..])
        {
            rest = rest[1..];
            return null;
        }

        if (rest is not [(byte)'[', ..])
        {
            return SyslogErrors.BadStructuredData;
        }

        var found = ImmutableArray.CreateBuilder<StructuredElement>();
        var room = MaximumParameters;
        while (rest is [(byte)'[', ..])
        {
            rest = rest[1..];
            if (found.Count == MaximumElements)
            {
                return SyslogErrors.TooMuchStructuredData;
            }

            if (ReadElement(ref rest, ref room, out var element) is { } error)
            {
                return error;
            }

            if (found.Any(other => other.Id == element.Id))
            {
                return SyslogErrors.BadStructuredData;
            }

            found.Add(element);
        }

        elements = found.ToImmutable();
        return null;
    }

    private static string? ReadElement(ref ReadOnlySpan<byte> rest, ref int room, out StructuredElement element)
    {
        element = null!;
        if (!TryName(ref rest, out var id))
        {
            return SyslogErrors.BadStructuredData;
        }

        var parameters = ImmutableArray.CreateBuilder<KeyValuePair<string, string>>();
        while (rest is [(byte)' ', ..])
        {
            rest = rest[1..];
            if (!TryName(ref rest, out var name) || !rest.StartsWith("=\""u8))
            {
                return SyslogErrors.BadStructuredData;
            }

            rest = rest[2..];
            if (!TryValue(ref rest, out var value))
            {
                return SyslogErrors.BadStructuredData;
            }

            if (room-- == 0)
            {
                return SyslogErrors.TooMuchStructuredData;
            }

            parameters.Add(new(name, value));
        }

        if (rest is not [(byte)']', ..])
        {
            return SyslogErrors.BadStructuredData;
        }

        rest = rest[1..];
        element = new StructuredElement(id, parameters.ToImmutable());
        return null;
    }

    /// <summary>1 to 32 printable ASCII characters without <c>=</c>, <c>]</c> and <c>"</c>.</summary>
    private static bool TryName(ref ReadOnlySpan<byte> rest, out string name)
    {
        var length = 0;
        while (length < rest.Length && rest[length] is > (byte)' ' and <= (byte)'~' and not ((byte)'=' or (byte)']' or (byte)'"'))
        {
            length++;
        }

        name = Encoding.ASCII.GetString(rest[..Math.Min(length, LongestName)]);
        rest = rest[length..];
        return length is >= 1 and <= LongestName;
    }

    /// <summary>
    /// UTF-8 up to the quotation mark. A backslash before <c>"</c>, <c>\</c> or <c>]</c> is left out; before anything else it is a character like any other. A bare
    /// <c>]</c> is refused.
    /// </summary>
    private static bool TryValue(ref ReadOnlySpan<byte> rest, out string value)
    {
        value = "";
        var (length, escapes) = (0, 0);
        for (; length < rest.Length && rest[length] != '"'; length++)
        {
            if (rest[length] == ']')
            {
                return false;
            }

            if (IsEscape(rest[length..]))
            {
                (length, escapes) = (length + 1, escapes + 1);
            }
        }

        if (length >= rest.Length || !Utf8.IsValid(rest[..length]))
        {
            return false;
        }

        value = Encoding.UTF8.GetString(escapes == 0 ? rest[..length] : Unescape(rest[..length], length - escapes));
        rest = rest[(length + 1)..];
        return true;
    }

    private static bool IsEscape(ReadOnlySpan<byte> text) => text is [(byte)'\\', (byte)'"' or (byte)'\\' or (byte)']', ..];

    private static byte[] Unescape(ReadOnlySpan<byte> text, int length)
    {
        var bytes = new byte[length];
        for (var (from, to) = (0, 0); to < length; from++, to++)
        {
            from += IsEscape(text[from..]) ? 1 : 0;
            bytes[to] = text[from];
        }

        return bytes;
    }
}
