using System.Globalization;
using System.Security;
using System.Text;

namespace ReactiveLink.Tool.Tests.Terminals;

/// <summary>A screen as SVG: its text as text, in its colours.</summary>
internal static class TerminalPicture
{
    private const double CellWidth = 8.4;
    private const int LineHeight = 19;
    private const int Margin = 14;
    private const string Background = "#14181f";
    private const string Foreground = "#d5dae3";

    /// <summary>The 16 basic colours.</summary>
    private static readonly string[] Colors =
    [
        "#14181f", "#e06c75", "#98c379", "#e5c07b", "#61afef", "#c678dd", "#56b6c2", "#d5dae3",
        "#8a93a3", "#ff7b86", "#b1e18b", "#ffd787", "#80c6ff", "#e08cff", "#6fd3df", "#ffffff",
    ];

    public static string Render(IReadOnlyList<IReadOnlyList<TerminalCell>> lines, int columns, string title)
    {
        var shown = lines.Reverse().SkipWhile(line => line.All(cell => cell.Text?.Value is null or ' ')).Count();
        var svg = new StringBuilder();
        var (width, height) = ((columns * CellWidth) + (2 * Margin), (shown * LineHeight) + (2 * Margin));
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width:F0}\" height=\"{height}\" viewBox=\"0 0 {width:F0} {height}\" role=\"img\">\n");
        svg.Append(CultureInfo.InvariantCulture, $"<title>{SecurityElement.Escape(title)}</title>\n<rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"{Background}\"/>\n");
        svg.Append("<g font-family=\"ui-monospace,'DejaVu Sans Mono',Menlo,Consolas,monospace\" font-size=\"14\">\n");
        for (var row = 0; row < shown; row++)
        {
            Line(svg, lines[row], Margin + (row * LineHeight) + 14);
        }

        return svg.Append("</g>\n</svg>\n").ToString();
    }

    /// <summary>One element for each run of one style, as wide as its places, whatever the font. Blanks are of the kind that is not collapsed.</summary>
    private static void Line(StringBuilder svg, IReadOnlyList<TerminalCell> line, int y)
    {
        for (var start = 0; start < line.Count;)
        {
            var end = start;
            while (end < line.Count && (line[end].Color, line[end].Bold) == (line[start].Color, line[start].Bold))
            {
                end++;
            }

            var text = string.Concat(line.Skip(start).Take(end - start).Select(cell => cell.Text?.ToString()));
            if (!string.IsNullOrWhiteSpace(text))
            {
                var color = line[start].Color is { } index and < 16 ? Colors[index] : Foreground;
                svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Margin + (start * CellWidth):F1}\" y=\"{y}\" textLength=\"{(end - start) * CellWidth:F1}\" fill=\"{color}\"{(line[start].Bold ? " font-weight=\"bold\"" : "")}>{SecurityElement.Escape(text).Replace(' ', '\u00A0')}</text>\n");
            }

            start = end;
        }
    }
}
