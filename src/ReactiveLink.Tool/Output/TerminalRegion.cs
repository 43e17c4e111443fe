using System.Globalization;
using System.Text;

namespace ReactiveLink.Tool.Output;

/// <summary>
/// Lines on a terminal that are drawn over what they replace, each drawing as one write. The terminal is left as it is found, however the process ends: the cursor stays
/// visible below the lines, and nothing is switched that would have to be switched back.
/// </summary>
internal sealed class TerminalRegion(TextWriter output)
{
    /// <summary>The runtime switches cursor keys and keypad to application mode when a size is asked for, and leaves them so.</summary>
    private const string KeysAsFound = "\e[?1l\e>";

    private const string ClearScreen = "\e[2J\e[H";
    private const string ClearToEndOfLine = "\e[K";
    private const string ClearBelow = "\e[J";

    private TerminalSize? _size;
    private int _drawn;

    /// <summary>Draws lines.</summary>
    /// <param name="lines">None wider than the terminal, and fewer than it has rows; colours are allowed, cursor movements are not.</param>
    /// <param name="size">The terminal's size, for which the lines were made.</param>
    public void Draw(IReadOnlyCollection<string> lines, TerminalSize size)
    {
        var text = new StringBuilder();
        if (_size is null)
        {
            text.Append(KeysAsFound);
        }
        else if (_size != size)
        {
            // A terminal may have broken the lines anew: where they begin is not known any more.
            text.Append(ClearScreen);
        }
        else if (_drawn > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"\r\e[{_drawn}A");
        }

        foreach (var line in lines)
        {
            text.Append('\r').Append(line).Append(ClearToEndOfLine).Append("\r\n");
        }

        output.Write(text.Append(ClearBelow).ToString());
        output.Flush();
        (_size, _drawn) = (size, lines.Count);
    }
}
