using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using ReactiveLink.Metrics;
using StatsdGateway;

namespace ReactiveLink.Fuzz;

/// <summary>What a line of StatsD says, read plainly, as strings and regular expressions.</summary>
internal static partial class StatsdModel
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>What it says in words, or null if it is none.</summary>
    public static string? Expect(ReadOnlySpan<byte> bytes)
    {
        string line;
        try
        {
            line = Strict.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }

        return line.StartsWith("_e{", StringComparison.Ordinal) ? Event(bytes)
            : line.StartsWith("_sc|", StringComparison.Ordinal) ? ServiceCheck(line)
            : Metric(line);
    }

    private static string? Metric(string line)
    {
        var match = MetricForm().Match(line);
        var name = match.Groups["name"].Value;
        if (!match.Success || Size(name) > Limits.Name || Reserved().IsMatch(name) || !Words().IsMatch(name))
        {
            return null;
        }

        var type = match.Groups["type"].Value;
        var kind = type switch { "c" => LineKind.Counter, "g" => LineKind.Gauge, "ms" => LineKind.Timer, "s" => LineKind.Set, _ => LineKind.Histogram };
        var values = match.Groups["values"].Value;
        var rate = 1.0;
        var tags = "";
        foreach (var section in match.Groups["rest"].Value.Split('|'))
        {
            switch (section.Length == 0 ? ' ' : section[0])
            {
                case '@' when !TryNumber(section[1..], out rate) || !(rate > 0 && rate <= 1):
                case 'T' when !Time().IsMatch(section) || !long.TryParse(section[1..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var time) || time <= 0:
                    return null;
                case '#':
                    tags = section[1..];
                    if (tags.Split(',').Count(tag => tag.Length > 0) > Limits.Tags || tags.Split(',').Any(IsTooLong))
                    {
                        return null;
                    }

                    break;
            }
        }

        if (kind == LineKind.Set ? values.Length == 0 || Size(values) > Limits.SetMember : !TryNumbers(ref values, kind, rate))
        {
            return null;
        }

        return $"{kind} {name} {values} {rate.ToString("R", CultureInfo.InvariantCulture)} {Tags(tags)}";
    }

    private static string? Event(ReadOnlySpan<byte> bytes)
    {
        // Lengths are of bytes: one character each.
        var match = EventForm().Match(Encoding.Latin1.GetString(bytes));
        if (!match.Success || !int.TryParse(match.Groups["title"].ValueSpan, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var title)
            || !int.TryParse(match.Groups["text"].ValueSpan, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var text) || title < 1 || text < 0)
        {
            return null;
        }

        var rest = match.Groups["rest"].Value;
        if ((long)title + text + 1 > rest.Length)
        {
            return null;
        }

        var type = rest[(title + text + 1)..].Split('|').Skip(1).LastOrDefault(section => section.StartsWith("t:", StringComparison.Ordinal))?[2..] ?? "info";
        return type is "error" or "warning" or "info" or "success" ? $"{LineKind.Event}  {type} 1 " : null;
    }

    private static string? ServiceCheck(string line)
    {
        var match = ServiceCheckForm().Match(line);
        return match.Success ? $"{LineKind.ServiceCheck} {match.Groups["name"].Value} {match.Groups["status"].Value} 1 " : null;
    }

    private static bool TryNumbers(ref string values, LineKind kind, double rate)
    {
        List<string> numbers = [];
        foreach (var value in values.Split(':'))
        {
            if (!TryNumber(value, out var number) || (kind == LineKind.Timer && number < 0) || (kind == LineKind.Counter && Math.Abs(number / rate) > 1e100))
            {
                return false;
            }

            numbers.Add(number.ToString("R", CultureInfo.InvariantCulture) + (value[0] is '+' or '-' ? "!" : ""));
        }

        values = string.Join(':', numbers);
        return numbers.Count <= Limits.Values;
    }

    private static bool TryNumber(string text, out double number)
    {
        number = 0;
        return Number().IsMatch(text) && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number) && number is >= -1e100 and <= 1e100;
    }

    private static bool IsTooLong(string tag)
    {
        var parts = tag.Split(':', 2);
        return Size(parts[0]) > Limits.TagKey || (parts.Length == 2 && Size(parts[1]) > Limits.TagValue);
    }

    private static MetricTags Tags(string text)
    {
        SortedDictionary<string, string> tags = new(StringComparer.Ordinal);
        foreach (var parts in text.Split(',').Select(tag => tag.Split(':', 2)).Where(parts => parts[0].Length > 0))
        {
            tags[(char.IsAsciiDigit(parts[0][0]) ? "_" : "") + NoWord().Replace(parts[0], "_")] = parts.Length == 2 ? parts[1] : "true";
        }

        return MetricTags.Of(tags);
    }

    private static int Size(string text) => Encoding.UTF8.GetByteCount(text);

    [GeneratedRegex(@"\A(?<name>[^:|]+):(?<values>[^|]*)\|(?<type>c|g|ms|h|d|s)(\|(?<rest>.*))?\z", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex MetricForm();

    [GeneratedRegex(@"\A_e\{(?<title>[+-]?[0-9]+),(?<text>[+-]?[0-9]+)\}:(?<rest>.*)\z", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex EventForm();

    [GeneratedRegex(@"\A_sc\|(?<name>[^|]+)\|(?<status>[0-3])(\|.*)?\z", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ServiceCheckForm();

    [GeneratedRegex(@"\A[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Number();

    [GeneratedRegex("[A-Za-z0-9]", RegexOptions.None, 1000)]
    private static partial Regex Words();

    [GeneratedRegex("[^A-Za-z0-9]", RegexOptions.None, 1000)]
    private static partial Regex NoWord();

    [GeneratedRegex(@"\AT[+-]?[0-9]+\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Time();

    [GeneratedRegex(@"\Astatsd_gateway\.|(\.decrements|\.window|\.window_seconds)\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Reserved();
}
