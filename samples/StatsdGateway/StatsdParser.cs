using System.Buffers;
using System.Buffers.Text;
using System.Text.Unicode;
using static StatsdGateway.LineErrors;

namespace StatsdGateway;

/// <summary>
/// Reads lines of StatsD (<c>name:value|type|@rate</c>) and of DogStatsD up to its version 1.4 (several values, tags, container, timestamp, cardinality, events, service
/// checks). It allocates nothing. A container, a cardinality and sections that later versions may add are passed over; a timestamp is checked, and the value counts as of now.
/// </summary>
internal static class StatsdParser
{
    /// <summary>The alert types of events.</summary>
    public static readonly string[] EventTypes = ["error", "warning", "info", "success"];

    private static readonly SearchValues<byte> LettersAndDigits = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"u8);

    private static readonly byte[] UsualEvent = "info"u8.ToArray();

    public static bool TryParse(ReadOnlyMemory<byte> line, out StatsdLine value, out string? error)
    {
        value = default;
        var text = line.Span;
        error = !Utf8.IsValid(text) ? NotUtf8
            : text.StartsWith("_e{"u8) ? ReadEvent(line, out value)
            : text.StartsWith("_sc|"u8) ? ReadServiceCheck(line, out value)
            : ReadMetric(line, out value);
        return error is null;
    }

    private static string? ReadMetric(ReadOnlyMemory<byte> line, out StatsdLine value)
    {
        value = default;
        var text = line.Span;
        var colon = text.IndexOfAny((byte)':', (byte)'|');
        if (colon < 0 || text[colon] == '|')
        {
            return NoValue;
        }

        var (name, rest) = (line[..colon], line[(colon + 1)..]);
        var pipe = rest.Span.IndexOf((byte)'|');
        if (NameError(name.Span) is { } nameError)
        {
            return nameError;
        }

        if (pipe < 0)
        {
            return NoType;
        }

        var values = rest[..pipe];
        rest = rest[(pipe + 1)..];
        var type = Section(ref rest).Span;
        LineKind? kind = type switch
        {
            [(byte)'c'] => LineKind.Counter,
            [(byte)'g'] => LineKind.Gauge,
            [(byte)'m', (byte)'s'] => LineKind.Timer,
            [(byte)'h'] or [(byte)'d'] => LineKind.Histogram,
            [(byte)'s'] => LineKind.Set,
            _ => null,
        };
        if (kind is null)
        {
            return type.IsEmpty ? NoType : UnknownType;
        }

        var error = ReadSections(rest, out var rate, out var tags);
        value = new StatsdLine(kind.Value, name, values, rate, tags);
        return error ?? (kind == LineKind.Set ? MemberError(values.Span) : NumbersError(values.Span, kind.Value, rate));
    }

    /// <summary>
    /// <c>_e{5,4}:title|text|d:…|h:…|p:…|t:error|#tags</c>: the lengths are those of title and text in bytes. Some clients give them in characters, which are fewer: what is
    /// left of the text then is passed over.
    /// </summary>
    private static string? ReadEvent(ReadOnlyMemory<byte> line, out StatsdLine value)
    {
        value = default;
        var rest = line["_e{".Length..];
        if (!TryLength(ref rest, (byte)',', out var title) || !TryLength(ref rest, (byte)'}', out var text)
            || rest.Length < title + text + 2 || title == 0 || rest.Span[0] != ':')
        {
            return BadEvent;
        }

        rest = rest[(title + text + 2)..];
        Section(ref rest);
        ReadOnlyMemory<byte> alertType = UsualEvent;
        while (!rest.IsEmpty)
        {
            var section = Section(ref rest);
            alertType = section.Span.StartsWith("t:"u8) ? section[2..] : alertType;
        }

        value = new StatsdLine(LineKind.Event, default, alertType, 1, default);
        return IndexOf(EventTypes, alertType.Span) < 0 ? BadEvent : null;
    }

    /// <summary><c>_sc|name|status|d:…|h:…|#tags|m:…</c>.</summary>
    private static string? ReadServiceCheck(ReadOnlyMemory<byte> line, out StatsdLine value)
    {
        var rest = line["_sc|".Length..];
        var name = Section(ref rest);
        var status = Section(ref rest);
        value = new StatsdLine(LineKind.ServiceCheck, name, status, 1, default);
        return name.IsEmpty || status.Span is not [>= (byte)'0' and <= (byte)'3'] ? BadServiceCheck : null;
    }

    public static int IndexOf(string[] words, ReadOnlySpan<byte> word)
    {
        for (var i = 0; i < words.Length; i++)
        {
            if (System.Text.Ascii.Equals(word, words[i]))
            {
                return i;
            }
        }

        return -1;
    }

    private static string? ReadSections(ReadOnlyMemory<byte> rest, out double rate, out ReadOnlyMemory<byte> tags)
    {
        (rate, tags) = (1, default);
        while (!rest.IsEmpty)
        {
            var section = Section(ref rest);
            switch (section.Span)
            {
                case [(byte)'@', .. var text] when !StatsdLine.TryNumber(text, out rate) || rate is not (> 0 and <= 1):
                    return BadSampleRate;
                case [(byte)'#', ..]:
                    tags = section[1..];
                    if (TagsError(tags.Span) is { } error)
                    {
                        return error;
                    }

                    break;
                case [(byte)'T', .. var text] when !Utf8Parser.TryParse(text, out long time, out var used) || used != text.Length || time <= 0:
                    return BadTimestamp;
            }
        }

        return null;
    }

    private static string? NameError(ReadOnlySpan<byte> name) =>
        !name.ContainsAny(LettersAndDigits) ? NoName : name.Length > Limits.Name ? NameTooLong : Names.IsReserved(name) ? ReservedName : null;

    private static string? NumbersError(ReadOnlySpan<byte> values, LineKind kind, double rate)
    {
        var count = 0;
        foreach (var range in values.Split((byte)':'))
        {
            if (values[range].IsEmpty)
            {
                return NoValue;
            }

            if (!StatsdLine.TryNumber(values[range], out var number) || (kind == LineKind.Timer && number < 0)
                || (kind == LineKind.Counter && Math.Abs(number / rate) > Limits.Value))
            {
                return BadValue;
            }

            if (++count > Limits.Values)
            {
                return TooManyValues;
            }
        }

        return null;
    }

    private static string? MemberError(ReadOnlySpan<byte> member) => member.IsEmpty ? NoValue : member.Length > Limits.SetMember ? MemberTooLong : null;

    private static string? TagsError(ReadOnlySpan<byte> tags)
    {
        var count = 0;
        foreach (var range in tags.Split((byte)','))
        {
            var tag = tags[range];
            var colon = tag.IndexOf((byte)':');
            if ((colon < 0 ? tag.Length : colon) > Limits.TagKey || tag.Length - colon - 1 > Limits.TagValue)
            {
                return TagTooLong;
            }

            if (!tag.IsEmpty && ++count > Limits.Tags)
            {
                return TooManyTags;
            }
        }

        return null;
    }

    /// <summary>What comes before the next bar, or all of it; the rest is what comes after the bar.</summary>
    private static ReadOnlyMemory<byte> Section(ref ReadOnlyMemory<byte> rest)
    {
        var pipe = rest.Span.IndexOf((byte)'|');
        var section = pipe < 0 ? rest : rest[..pipe];
        rest = pipe < 0 ? default : rest[(pipe + 1)..];
        return section;
    }

    private static bool TryLength(ref ReadOnlyMemory<byte> rest, byte end, out int length)
    {
        if (!Utf8Parser.TryParse(rest.Span, out length, out var used) || length is < 0 or > ushort.MaxValue || used >= rest.Length || rest.Span[used] != end)
        {
            return false;
        }

        rest = rest[(used + 1)..];
        return true;
    }
}
