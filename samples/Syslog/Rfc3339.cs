namespace Syslog;

/// <summary>RFC 5424's timestamps (6.2.3): those of RFC 3339 with upper-case T and Z, at most six digits of a second, and no leap second.</summary>
internal static class Rfc3339
{
    private const string Shape = "0000-00-00T00:00:00";

    /// <summary>Null, and true, for a hyphen. An offset beyond 14 hours, which the platform has no type for, becomes UTC.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out DateTimeOffset? time)
    {
        time = null;
        if (text is [(byte)'-'])
        {
            return true;
        }

        if (!HasShape(text, Shape) || !TryFraction(text[Shape.Length..], out var fraction, out var zone) || !TryOffset(zone, out var offset))
        {
            return false;
        }

        var (year, month, day) = (Number(text, 0, 4), Number(text, 5, 2), Number(text, 8, 2));
        var (hour, minute, second) = (Number(text, 11, 2), Number(text, 14, 2), Number(text, 17, 2));
        if (year == 0 || month is 0 or > 12 || day == 0 || day > DateTime.DaysInMonth(year, month) || hour > 23 || minute > 59 || second > 59)
        {
            return false;
        }

        var local = new DateTime(year, month, day, hour, minute, second).Ticks + fraction;
        var utc = local - offset.Ticks;
        if (utc < DateTime.MinValue.Ticks || utc > DateTime.MaxValue.Ticks)
        {
            return false;
        }

        var isKnown = offset.Duration() <= TimeSpan.FromHours(14);
        time = isKnown ? new DateTimeOffset(local, offset) : new DateTimeOffset(utc, TimeSpan.Zero);
        return true;
    }

    /// <summary>Digits where the shape has a zero, else the shape's own character.</summary>
    internal static bool HasShape(ReadOnlySpan<byte> text, string shape)
    {
        if (text.Length < shape.Length)
        {
            return false;
        }

        for (var i = 0; i < shape.Length; i++)
        {
            if (shape[i] == '0' ? !char.IsAsciiDigit((char)text[i]) : text[i] != shape[i])
            {
                return false;
            }
        }

        return true;
    }

    internal static int Number(ReadOnlySpan<byte> text, int at, int digits)
    {
        var number = 0;
        for (var i = at; i < at + digits; i++)
        {
            number = (number * 10) + text[i] - '0';
        }

        return number;
    }

    private static bool TryFraction(ReadOnlySpan<byte> text, out long ticks, out ReadOnlySpan<byte> rest)
    {
        ticks = 0;
        rest = text;
        if (text is not [(byte)'.', ..])
        {
            return true;
        }

        var digits = text[1..].IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        if (digits is < 1 or > 6)
        {
            return false;
        }

        ticks = Number(text, 1, digits) * (long)Math.Pow(10, 7 - digits);
        rest = text[(1 + digits)..];
        return true;
    }

    private static bool TryOffset(ReadOnlySpan<byte> text, out TimeSpan offset)
    {
        offset = TimeSpan.Zero;
        if (text is [(byte)'Z'])
        {
            return true;
        }

        if (text.Length != 6 || text[0] is not ((byte)'+' or (byte)'-') || !HasShape(text[1..], "00:00"))
        {
            return false;
        }

        var (hours, minutes) = (Number(text, 1, 2), Number(text, 4, 2));
        offset = new TimeSpan(hours, minutes, 0) * (text[0] == '-' ? -1 : 1);
        return hours <= 23 && minutes <= 59;
    }
}
