using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace ReactiveLink.Tool;

/// <summary>The arguments that several commands have, and options whose errors say in one sentence what to give.</summary>
internal static class Arguments
{
    /// <summary>A longer time than anyone waits; timers stay within their range.</summary>
    private const double LongestSeconds = 10_000_000;

    public static Argument<string> Endpoint(string description)
    {
        var endpoint = new Argument<string>("ENDPOINT") { Description = description };
        endpoint.Validators.Add(result =>
        {
            if (!EndpointText.TryParse(Word(result), out _, out var error))
            {
                result.AddError(error);
            }
        });
        return endpoint;
    }

    public static Option<FrameFormat> Frame() =>
        OneOf("--frame", "crc-seq|seq|seq-zlib|crc|none", "The frame around each message. Default: crc-seq.", FrameFormat.Parse, "crc-seq", "seq", "seq-zlib", "crc", "none");

    public static Option<IMessageCodec> Codec() =>
        OneOf<IMessageCodec>(
            "--codec",
            "json|text|hex",
            "What a frame carries: a JSON envelope, UTF-8 text, or bytes shown as hexadecimal digits. Default: json.",
            name => name switch
            {
                "text" => MessageCodecs.Text,
                "hex" => MessageCodecs.Bytes,
                _ => MessageCodecs.Json,
            },
            "json",
            "text",
            "hex");

    /// <summary>An option whose value is one of some words. Absent, it has the default value of its type: the standard help would show ours twice.</summary>
    public static Option<T> OneOf<T>(string name, string helpName, string description, Func<string, T> convert, params string[] words)
    {
        var option = new Option<T>(name)
        {
            Description = description,
            HelpName = helpName,
            CustomParser = result => words.Contains(Word(result), StringComparer.Ordinal)
                ? convert(Word(result))
                : Refuse<T>(result, $"{name} '{Word(result)}' is not known: use {string.Join(", ", words[..^1])} or {words[^1]}."),
        };
        option.CompletionSources.Add(words);
        return option;
    }

    /// <summary>An option that is a whole number from 1.</summary>
    public static Option<long?> Count(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "N",
        CustomParser = result =>
            long.TryParse(Word(result), NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= 1
                ? value
                : Refuse<long?>(result, $"{name} '{Word(result)}' is not a whole number from 1."),
    };

    /// <summary>An option that is a time in seconds, fractions allowed.</summary>
    public static Option<TimeSpan?> Seconds(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "S",
        CustomParser = result =>
            TryParsePositive(Word(result), out var value) && value is >= 0.001 and <= LongestSeconds
                ? TimeSpan.FromSeconds(value)
                : Refuse<TimeSpan?>(result, $"{name} '{Word(result)}' is not a time in seconds from 0.001 to {LongestSeconds.ToString(CultureInfo.InvariantCulture)}, for example 5 or 0.5."),
    };

    /// <summary>An option that is a rate per second.</summary>
    public static Option<double?> Rate(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "N",
        CustomParser = result =>
            TryParsePositive(Word(result), out var value) && value is >= 0.001 and <= 1e9
                ? value
                : Refuse<double?>(result, $"{name} '{Word(result)}' is not a rate per second from 0.001 to 1000000000, for example 1000 or 0.5."),
    };

    public static T? Refuse<T>(ArgumentResult result, string error)
    {
        result.AddError(error);
        return default;
    }

    /// <summary>An option that is a speed: a factor, or max.</summary>
    public static Option<double?> Speed() => new("--speed")
    {
        Description = "N times as fast as recorded, or max for no waiting. Default: 1.",
        HelpName = "N|max",
        CustomParser = result =>
            Word(result) == "max" ? double.PositiveInfinity
            : TryParsePositive(Word(result), out var value) && value is >= 0.001 and <= 1e9 ? value
            : Refuse<double?>(result, $"--speed '{Word(result)}' is neither a factor from 0.001 to 1000000000 nor max."),
    };

    /// <summary>An option that is a UDP port.</summary>
    public static Option<int?> Port(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "N",
        CustomParser = result =>
            int.TryParse(Word(result), NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value <= 65535
                ? value
                : Refuse<int?>(result, $"{name} '{Word(result)}' is not a port from 0 to 65535."),
    };

    /// <summary>An option that is an endpoint.</summary>
    public static Option<string?> EndpointOption(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "ENDPOINT",
        CustomParser = result => EndpointText.TryParse(Word(result), out _, out var error) ? Word(result) : Refuse<string>(result, $"{name}: {error}"),
    };

    /// <summary>The multicast groups to join.</summary>
    public static Option<MulticastGroup[]> Groups() => new("--group")
    {
        Description = "A multicast group to join, if need be with its interface (239.1.2.3@eth0); may be repeated.",
        HelpName = "ADDR",
        Arity = ArgumentArity.OneOrMore,
        CustomParser = ParseGroups,
    };

    /// <summary>Reads the name of a file.</summary>
    public static Func<ArgumentResult, string?> FileName(string name) => result =>
        Word(result) is { Length: > 0 } file ? file : Refuse<string>(result, $"{name} is empty: give the name of a file.");

    private static string Word(ArgumentResult result) => result.Tokens.Count == 0 ? "" : result.Tokens[^1].Value;

    private static bool TryParsePositive(string text, out double value) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out value)
        && double.IsFinite(value);

    private static MulticastGroup[]? ParseGroups(ArgumentResult result)
    {
        var groups = new List<MulticastGroup>(result.Tokens.Count);
        foreach (var token in result.Tokens)
        {
            try
            {
                groups.Add(MulticastGroup.Parse(token.Value));
            }
            catch (FormatException exception)
            {
                return Refuse<MulticastGroup[]>(result, "--group " + exception.Message);
            }
        }

        return [.. groups];
    }
}
