using static Syslog.Rfc3339;

namespace Syslog;

/// <summary>
/// RFC 3164's <c>Mmm dd hh:mm:ss</c> and its relatives: the day with a space or a zero in front or none, a year before the time or behind it, a fraction of a
/// second, the name of a zone (passed over: such names are not unique), a colon behind it, or RFC 5424's own form.
/// </summary>
internal static class LooseTimestamp
{
    private const string Months = "JanFebMarAprMayJunJulAugSepOctNovDec";

    /// <summary>Reads a timestamp and the space behind it; null, and nothing read, if there is none.</summary>
    public static DateTimeOffset? Read(ref ReadOnlySpan<byte> rest, DateTimeOffset arrival)
    {
        var text = rest is [(byte)'*', ..] ? rest[1..] : rest; // Cisco's sign for a clock that is not set by anyone.
        var space = text.IndexOf((byte)' ');
        if (space > 1 && TryParse(text[..space], out var standard) && standard is not null)
        {
            rest = text[(space + 1)..];
            return standard;
        }

        var month = Month(text);
        if (month == 0)
        {
            return null;
        }

        text = text[4..].TrimStart((byte)' ');
        if (!TryTake(ref text, 2, out var day))
        {
            return null;
        }

        TryYear(ref text, out var year);
        if (!HasShape(text, "00:00:00"))
        {
            return null;
        }

        var (hour, minute, second) = (Number(text, 0, 2), Number(text, 3, 2), Number(text, 6, 2));
        text = text[8..];
        var ticks = Fraction(ref text);
        text = text is [(byte)':', ..] ? text[1..] : text;
        if (text is not ([] or [(byte)' ', ..]) || (day, hour, minute, second) is not ( >= 1 and <= 31, <= 23, <= 59, <= 59))
        {
            return null;
        }

        text = text.IsEmpty ? text : text[1..];
        PassZone(ref text);
        if (year == 0)
        {
            TryYear(ref text, out year);
        }

        if (Nearest(year, month, day, new TimeSpan(hour, minute, second).Ticks + ticks, arrival) is not { } time)
        {
            return null;
        }

        rest = text;
        return time;
    }

    /// <summary>The year that puts the time nearest to its arrival, unless one is given.</summary>
    private static DateTimeOffset? Nearest(int year, int month, int day, long ofDay, DateTimeOffset arrival)
    {
        DateTimeOffset? nearest = null;
        for (var candidate = year == 0 ? arrival.Year - 1 : year; candidate <= (year == 0 ? arrival.Year + 1 : year); candidate++)
        {
            if (candidate is < 2 or > 9998 || day > DateTime.DaysInMonth(candidate, month))
            {
                continue;
            }

            var time = new DateTimeOffset(new DateTime(candidate, month, day).AddTicks(ofDay), arrival.Offset);
            nearest = nearest is { } best && (best - arrival).Duration() <= (time - arrival).Duration() ? nearest : time;
        }

        return nearest;
    }

    private static int Month(ReadOnlySpan<byte> text)
    {
        for (var month = 0; month < 12; month++)
        {
            if (text.Length > 4 && text[3] == ' ' && System.Text.Ascii.Equals(text[..3], Months.AsSpan(3 * month, 3)))
            {
                return month + 1;
            }
        }

        return 0;
    }

    private static bool TryTake(ref ReadOnlySpan<byte> text, int digits, out int number)
    {
        number = 0;
        var length = text.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        if (length < 1 || length > digits || text[length] != ' ')
        {
            return false;
        }

        number = Number(text, 0, length);
        text = text[(length + 1)..];
        return true;
    }

    private static void TryYear(ref ReadOnlySpan<byte> text, out int year)
    {
        year = 0;
        if (HasShape(text, "0000 "))
        {
            year = Number(text, 0, 4);
            text = text[5..];
        }
    }

    private static long Fraction(ref ReadOnlySpan<byte> text)
    {
        if (text is not [(byte)'.', ..])
        {
            return 0;
        }

        var digits = text[1..].IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        if (digits is < 1 or > 7)
        {
            return 0;
        }

        var ticks = Number(text, 1, digits) * (long)Math.Pow(10, 7 - digits);
        text = text[(1 + digits)..];
        return ticks;
    }

    /// <summary>Three to five capitals before a year: <c>CST 1987</c>. A host may look like that, but hardly before a year.</summary>
    private static void PassZone(ref ReadOnlySpan<byte> text)
    {
        var length = text.IndexOfAnyExceptInRange((byte)'A', (byte)'Z');
        if (length is >= 3 and <= 5 && HasShape(text[length..], " 0000 "))
        {
            text = text[(length + 1)..];
        }
    }
}
