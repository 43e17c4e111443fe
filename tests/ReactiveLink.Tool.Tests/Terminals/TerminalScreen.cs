using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace ReactiveLink.Tool.Tests.Terminals;

/// <summary>
/// What a terminal shows that was sent these characters: as much of ECMA-48 as the tool uses. Anything else is an error, so that nothing strange goes to
/// users' terminals unseen.
/// </summary>
internal sealed partial class TerminalScreen(int columns, int rows)
{
    private readonly List<List<TerminalCell>> _lines = [[]];
    private readonly HashSet<string> _applicationModes = [];
    private int _rows = rows;
    private TerminalCell _style = TerminalCell.Blank;
    private int _column;
    private int _line;
    private int _top;
    private string _rest = "";

    /// <summary>Whether text ran over the right edge.</summary>
    public bool Wrapped { get; private set; }

    public bool CursorIsVisible { get; private set; } = true;

    /// <summary>Whether cursor keys and keypad are as a terminal begins.</summary>
    public bool KeysAreNormal => _applicationModes.Count == 0;

    /// <summary>Whether colours or bold were ever used.</summary>
    public bool HasStyles { get; private set; }

    /// <summary>Whether the last drawing is there to its end: it ends with the erasing of what is below it.</summary>
    public bool IsComplete { get; private set; }

    public int Columns { get; private set; } = columns;

    /// <summary>All lines, those scrolled away included, without blanks at their ends.</summary>
    public string[] Lines => [.. _lines.Select(Text)];

    /// <summary>What is on the screen.</summary>
    public string[] Visible => [.. _lines.Skip(_top).Select(Text)];

    public IReadOnlyList<IReadOnlyList<TerminalCell>> Cells => _lines;

    public void Resize(int columns, int rows)
    {
        (Columns, _rows) = (columns, rows);
        _top = Math.Max(_top, _lines.Count - rows);
    }

    public void Write(string text)
    {
        text = _rest + text;
        _rest = "";
        IsComplete = text.EndsWith("\e[J", StringComparison.Ordinal);
        for (var i = 0; i < text.Length;)
        {
            if (text[i] == '\e')
            {
                if (Incomplete().IsMatch(text[i..]))
                {
                    _rest = text[i..];
                    return;
                }

                var match = Sequence().Match(text, i);
                Assert.True(match.Success, $"an escape sequence that is not known: {text[i..Math.Min(text.Length, i + 12)].Replace("\e", "ESC", StringComparison.Ordinal)}");
                Obey(match);
                i += match.Length;
            }
            else
            {
                Assert.True(Rune.TryGetRuneAt(text, i, out var rune), "a broken character");
                Put(rune);
                i += rune.Utf16SequenceLength;
            }
        }
    }

    private static string Text(List<TerminalCell> line) => string.Concat(line.Select(cell => cell.Text?.ToString())).TrimEnd();

    private static bool IsWide(Rune rune) => rune.Value is (>= 0x1100 and <= 0x115F) or (>= 0x2E80 and <= 0xA4CF) or (>= 0xAC00 and <= 0xD7A3)
        or (>= 0xF900 and <= 0xFAFF) or (>= 0xFF00 and <= 0xFF60) or (>= 0x1F300 and <= 0x1FAFF);

    private void Put(Rune rune)
    {
        switch (rune.Value)
        {
            case '\r':
                _column = 0;
                return;
            case '\n':
                Feed();
                return;
        }

        Assert.False(Rune.IsControl(rune), $"a control character {rune.Value}");
        var places = IsWide(rune) ? 2 : 1;
        if (_column + places > Columns)
        {
            Wrapped = true;
            _column = 0;
            Feed();
        }

        var line = _lines[_line];
        while (line.Count < _column + places)
        {
            line.Add(TerminalCell.Blank);
        }

        line[_column] = _style with { Text = rune };
        if (places == 2)
        {
            line[_column + 1] = _style with { Text = null };
        }

        _column += places;
    }

    private void Feed()
    {
        if (++_line == _lines.Count)
        {
            _lines.Add([]);
        }

        _top = Math.Max(_top, _line - _rows + 1);
    }

    private void Obey(Match match)
    {
        var (mode, parameters, final) = (match.Groups["private"].Value, match.Groups["parameters"].Value, match.Groups["final"].Value);
        int[] numbers = [.. parameters.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(text => int.Parse(text, CultureInfo.InvariantCulture))];
        switch (mode + final)
        {
            case "=":
                _applicationModes.Add("keypad");
                break;
            case ">":
                _applicationModes.Remove("keypad");
                break;
            case "?h" when numbers is [1]:
                _applicationModes.Add("cursor");
                break;
            case "?l" when numbers is [1]:
                _applicationModes.Remove("cursor");
                break;
            case "?h" or "?l" when numbers is [25]:
                CursorIsVisible = final == "h";
                break;
            case "A":
                _line = Math.Max(_top, _line - numbers.FirstOrDefault(1));
                break;
            case "H" when numbers is []:
                (_line, _column) = (_top, 0);
                break;
            case "K" when numbers is []:
                _lines[_line].RemoveRange(Math.Min(_column, _lines[_line].Count), Math.Max(0, _lines[_line].Count - _column));
                break;
            case "J" when numbers is []:
                _lines[_line].RemoveRange(Math.Min(_column, _lines[_line].Count), Math.Max(0, _lines[_line].Count - _column));
                _lines.RemoveRange(_line + 1, _lines.Count - _line - 1);
                break;
            case "J" when numbers is [2]:
                _lines.Skip(_top).ToList().ForEach(line => line.Clear());
                break;
            case "m":
                Style(numbers);
                break;
            default:
                Assert.Fail($"an escape sequence that is not known: {match.Value.Replace("\e", "ESC", StringComparison.Ordinal)}");
                break;
        }
    }

    private void Style(int[] numbers)
    {
        HasStyles = true;
        for (var i = 0; i < numbers.Length; i++)
        {
            _style = numbers[i] switch
            {
                0 => TerminalCell.Blank,
                1 => _style with { Bold = true },
                >= 30 and <= 37 => _style with { Color = numbers[i] - 30 },
                38 when numbers[(i + 1)..] is [5, var color, ..] => _style with { Color = color },
                39 => _style with { Color = null },
                >= 90 and <= 97 => _style with { Color = numbers[i] - 90 + 8 },
                _ => throw new InvalidOperationException($"a style that is not known: {numbers[i]}"),
            };
            i += numbers[i] == 38 ? 2 : 0;
        }
    }

    [GeneratedRegex(@"\G\e(\[(?<private>\??)(?<parameters>[0-9;]*)(?<final>[A-Za-z])|(?<final>[=>]))", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Sequence();

    [GeneratedRegex(@"\A\e(\[\??[0-9;]*)?\z", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Incomplete();
}
