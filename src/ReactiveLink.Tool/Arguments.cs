using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace ReactiveLink.Tool;

/// <summary>The arguments that both commands have, and options whose errors say in one sentence what to give.</summary>
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

    private static string Word(ArgumentResult result) => result.Tokens.Count == 0 ? "" : result.Tokens[^1].Value;

    private static bool TryParsePositive(string text, out double value) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out value)
        && double.IsFinite(value);
}
