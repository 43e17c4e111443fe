using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace ReactiveLink.Hosting.Settings;

/// <summary>
/// Reads a section of a configuration key by key, without reflection. What is wrong is added to a list and the reading goes on, so that all errors are known in the end; so are
/// the keys that nobody asked for.
/// </summary>
internal sealed class SettingsReader(IConfiguration section, string what, List<string> errors)
{
    private readonly SortedSet<string> _known = new(StringComparer.OrdinalIgnoreCase);

    private delegate bool Parser<T>(string text, out T value);

    public string? Text(string key, string? otherwise) => Value(key) ?? otherwise;

    public int Int32(string key, int otherwise) =>
        Parse(key, otherwise, "a whole number", (string t, out int v) => int.TryParse(t, NumberStyles.Integer, CultureInfo.InvariantCulture, out v));

    public uint UInt32(string key, uint otherwise) => Parse(
        key, otherwise, "a whole number from 0 to 4294967295", (string t, out uint v) => uint.TryParse(t, NumberStyles.Integer, CultureInfo.InvariantCulture, out v));

    public double Double(string key, double otherwise) =>
        Parse(key, otherwise, "a number", (string t, out double v) => double.TryParse(t, NumberStyles.Float, CultureInfo.InvariantCulture, out v));

    public bool Boolean(string key, bool otherwise) => Parse<bool>(key, otherwise, "true or false", bool.TryParse);

    public bool? Boolean(string key, bool? otherwise) =>
        Parse(key, otherwise, "true or false", (string t, out bool? v) => (v = bool.TryParse(t, out var b) ? b : null) is not null);

    public TimeSpan Time(string key, TimeSpan otherwise) => Parse<TimeSpan>(key, otherwise, Times, TryTime);

    public TimeSpan? Time(string key, TimeSpan? otherwise) =>
        Parse(key, otherwise, Times, (string t, out TimeSpan? v) => (v = TryTime(t, out var time) ? time : null) is not null);

    public T Enumeration<T>(string key, T otherwise)
        where T : struct, Enum => Parse(
            key,
            otherwise,
            "one of " + string.Join(", ", Enum.GetNames<T>()),
            (string t, out T v) => Enum.TryParse(t, ignoreCase: true, out v) && Enum.IsDefined(v) && !char.IsAsciiDigit(t[0]));

    /// <summary>A value that a parser of the product reads.</summary>
    /// <param name="key">The key.</param>
    /// <param name="otherwise">The value where the key is absent or wrong.</param>
    /// <param name="parse">Throws a <see cref="FormatException"/> that says what is wrong and what to write.</param>
    public T Parsed<T>(string key, T otherwise, Func<string, T> parse) => Value(key) is { } text ? Parsed(key, text, otherwise, parse) : otherwise;

    /// <summary>A list; null where the key is absent.</summary>
    public List<T>? List<T>(string key, Func<string, T> parse)
        where T : class
    {
        _known.Add(key);
        var list = section.GetSection(key);
        if (list.Value is { Length: > 0 })
        {
            errors.Add($"{Path(key)} is '{list.Value}'; write a list.");
            return null;
        }

        var items = list.GetChildren()
            .Select(item => Parsed(key + ":" + item.Key, item.Value ?? "", otherwise: null, text => (T?)parse(text)))
            .OfType<T>()
            .ToList();
        return items.Count == 0 ? null : items;
    }

    /// <summary>A section within this one; what it reads is wrong there, not here.</summary>
    public T Section<T>(string key, T otherwise, string named, Func<SettingsReader, T, T> read)
    {
        _known.Add(key);
        var inner = section.GetSection(key);
        if (inner.Value is { Length: > 0 })
        {
            errors.Add($"{Path(key)} is '{inner.Value}'; write a section with the settings of {named}.");
            return otherwise;
        }

        var reader = new SettingsReader(inner, named, errors);
        var value = read(reader, otherwise);
        reader.End();
        return value;
    }

    /// <summary>A section that may be absent; <c>true</c> in its place is one with all defaults, <c>false</c> none.</summary>
    public T? Section<T>(string key, T? otherwise, string named, Func<T> defaults, Func<SettingsReader, T, T> read)
        where T : class
    {
        _known.Add(key);
        var inner = section.GetSection(key);
        if (bool.TryParse(inner.Value, out var wanted))
        {
            return wanted ? otherwise ?? defaults() : null;
        }

        return inner.Value is { Length: > 0 } || inner.GetChildren().Any() ? Section(key, otherwise ?? defaults(), named, read) : otherwise;
    }

    /// <summary>The sections within one within this one, by their keys.</summary>
    public IEnumerable<IConfigurationSection> Sections(string key)
    {
        _known.Add(key);
        return section.GetSection(key).GetChildren();
    }

    /// <summary>Reports the keys that nobody asked for.</summary>
    public void End()
    {
        foreach (var child in section.GetChildren().Where(child => !_known.Contains(child.Key)))
        {
            errors.Add($"{child.Path} is not a setting of {what}; there are {string.Join(", ", _known)}.");
        }
    }

    private const string Times = "a time as hours:minutes:seconds, for example 00:00:05, or infinite";

    /// <summary>Not everything that .NET takes: 5 alone would be days.</summary>
    private static bool TryTime(string text, out TimeSpan time)
    {
        time = Timeout.InfiniteTimeSpan;
        return string.Equals(text, "infinite", StringComparison.OrdinalIgnoreCase)
            || (text.Contains(':', StringComparison.Ordinal) && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out time));
    }

    private T Parse<T>(string key, T otherwise, string hint, Parser<T> parse)
    {
        if (Value(key) is not { } text)
        {
            return otherwise;
        }

        if (parse(text, out var value))
        {
            return value;
        }

        errors.Add($"{Path(key)} is '{text}'; write {hint}.");
        return otherwise;
    }

    private T Parsed<T>(string key, string text, T otherwise, Func<string, T> parse)
    {
        try
        {
            return parse(text);
        }
        catch (FormatException exception)
        {
            errors.Add($"{Path(key)}: {exception.Message}");
            return otherwise;
        }
    }

    private string? Value(string key)
    {
        _known.Add(key);
        var value = section.GetSection(key);
        if (value.Value is null && value.GetChildren().Any())
        {
            errors.Add($"{Path(key)} is a section; write one value.");
        }

        return value.Value;
    }

    private string Path(string key) => section.GetSection(key).Path;
}
