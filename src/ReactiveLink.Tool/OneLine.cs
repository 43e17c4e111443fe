using System.Text;

namespace ReactiveLink.Tool;

/// <summary>Text for one line of a terminal: no line breaks, and no control characters, which may come from the network or from a file.</summary>
internal static class OneLine
{
    public static string From(string text) => From(text, int.MaxValue);

    /// <summary>The text, white space runs as one blank, control characters as U+FFFD, cut at a length with an ellipsis.</summary>
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

            line.Append(char.IsControl(character) ? '\uFFFD' : character);
        }

        return line.ToString();
    }
}
