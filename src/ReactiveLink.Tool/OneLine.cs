using System.Text;

namespace ReactiveLink.Tool;

/// <summary>Text for one line of a terminal: no line breaks, and no control characters, of the terminal or of direction, which may come from the network or from a file.</summary>
internal static class OneLine
{
    public static string From(string text) => From(text, int.MaxValue);

    /// <summary>The text, white space runs as one blank, those as U+FFFD, cut at a length with an ellipsis.</summary>
    public static string From(string text, int maximumLength)
    {
        var line = new StringBuilder(Math.Min(text.Length, 256));
        var blank = false;
        foreach (var character in text)
        {
            if (char.IsWhiteSpace(character))
            {
                blank = line.Length > 0;
                continue;
            }

            if (line.Length + (blank ? 1 : 0) >= maximumLength)
            {
                line.Length = maximumLength - 1;
                return line.Append('…').ToString();
            }

            if (blank)
            {
                line.Append(' ');
                blank = false;
            }

            line.Append(char.IsControl(character) || TurnsText(character) ? '\uFFFD' : character);
        }

        return line.ToString();
    }

    /// <summary>Unicode's controls of direction: they would turn what stands behind them on the line around.</summary>
    private static bool TurnsText(char character) => character is '\u061C' or '\u200E' or '\u200F' or (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069');
}
