using System.Globalization;

namespace ReactiveLink.Messages;

/// <summary>Checks what the JSON reader leaves for later: that <c>\u</c> escapes of surrogates come in pairs (RFC 8259, section 8.2).</summary>
internal static class JsonEscapes
{
    private const int EscapeLength = 6;

    /// <summary>Whether the escapes of a string that the reader has accepted form whole characters.</summary>
    public static bool AreWellFormed(ReadOnlySpan<byte> value)
    {
        while (true)
        {
            var backslash = value.IndexOf((byte)'\\');
            if (backslash < 0)
            {
                return true;
            }

            value = value[backslash..];
            if (value[1] != (byte)'u')
            {
                value = value[2..];
                continue;
            }

            var unit = CodeUnit(value);
            value = value[EscapeLength..];
            if (!char.IsSurrogate(unit))
            {
                continue;
            }

            var isPair = char.IsHighSurrogate(unit) && value is [(byte)'\\', (byte)'u', ..] && char.IsLowSurrogate(CodeUnit(value));
            if (!isPair)
            {
                return false;
            }

            value = value[EscapeLength..];
        }
    }

    // The reader has seen four hexadecimal digits there.
    private static char CodeUnit(ReadOnlySpan<byte> escape) =>
        (char)ushort.Parse(escape.Slice(2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
