using System.Globalization;

namespace ReactiveLink.Samples;

/// <summary>Options of a sample: <c>--name value</c>, <c>--name=value</c>, or <c>--name</c> alone for a switch. What is wrong is a <see cref="CommandLineException"/> of one line.</summary>
internal sealed class CommandLine
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    public CommandLine(IReadOnlyList<string> arguments, string[] options, params string[] switches)
    {
        for (var i = 0; i < arguments.Count; i++)
        {
            var parts = arguments[i].Split('=', 2);
            var name = parts[0] is "-h" or "-?" ? "--help" : parts[0];
            var isSwitch = name == "--help" || switches.Contains(name, StringComparer.Ordinal);
            if (!isSwitch && !options.Contains(name, StringComparer.Ordinal))
            {
                throw new CommandLineException($"Unknown argument '{OneLine(parts[0])}'; --help tells what there is.");
            }

            var value = isSwitch ? (parts.Length == 1 ? "" : null) : parts.Length == 2 ? parts[1] : i + 1 < arguments.Count ? arguments[++i] : null;
            if (value is null)
            {
                throw new CommandLineException(isSwitch ? $"{name} takes no value." : $"{name} needs a value.");
            }

            if (!_values.TryAdd(name, value))
            {
                throw new CommandLineException($"{name} is given twice.");
            }
        }
    }

    public bool WantsHelp => Has("--help");

    public bool IsEmpty => _values.Count == 0;

    public bool Has(string name) => _values.ContainsKey(name);

    public string Text(string name, string otherwise) => _values.GetValueOrDefault(name, otherwise);

    /// <summary>One of several words.</summary>
    public string Word(string name, params string[] words)
    {
        var value = Text(name, words[0]);
        return words.Contains(value, StringComparer.Ordinal) ? value : throw new CommandLineException($"{name} must be {string.Join(" or ", words)}, and is '{OneLine(value)}'.");
    }

    public TimeSpan? Seconds(string name)
    {
        if (!_values.TryGetValue(name, out var text))
        {
            return null;
        }

        return double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds is >= 0.1 and <= 1e6
            ? TimeSpan.FromSeconds(seconds)
            : throw new CommandLineException($"{name} must be from 0.1 to 1000000 seconds, and is '{OneLine(text)}'.");
    }

    public int Number(string name, int least, int most, int otherwise)
    {
        if (!_values.TryGetValue(name, out var text))
        {
            return otherwise;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw new CommandLineException($"{name} must be from {least} to {most}, and is '{OneLine(text)}'.");
    }

    public double Decimal(string name, double least, double most, double otherwise)
    {
        if (!_values.TryGetValue(name, out var text))
        {
            return otherwise;
        }

        return double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw new CommandLineException(string.Create(CultureInfo.InvariantCulture, $"{name} must be from {least} to {most}, and is '{OneLine(text)}'."));
    }

    private static string OneLine(string text) => string.Concat(text.Select(character => char.IsControl(character) ? '?' : character));
}
