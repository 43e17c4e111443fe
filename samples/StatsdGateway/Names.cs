using ReactiveLink.Metrics;

namespace StatsdGateway;

/// <summary>The names of what the gateway adds to what it is sent. Clients may not use them, so that no metric has two writers.</summary>
internal static class Names
{
    public const string Own = "statsd_gateway.";
    public const string Decrements = ".decrements";
    public const string Window = ".window";
    public const string WindowSeconds = ".window_seconds";
    public const string Quantile = "quantile";

    public static readonly MetricTags Overflow = MetricTags.Of(("overflow", "true"));

    /// <summary>A name as the exposition has it: every character that it does not allow is an underscore, and a digit is not the first.</summary>
    public static string InExposition(string name) => string.Concat(
        char.IsAsciiDigit(name[0]) ? "_" : "", string.Create(name.Length, name, static (span, from) =>
        {
            for (var i = 0; i < span.Length; i++)
            {
                span[i] = char.IsAsciiLetterOrDigit(from[i]) ? from[i] : '_';
            }
        }));

    /// <summary>What the series of a metric are called in the exposition, those of its window included.</summary>
    /// <param name="name">The metric's name, as the exposition has it.</param>
    /// <param name="kind">What it is.</param>
    public static IReadOnlyList<string> OfSeries(string name, LineKind kind)
    {
        return kind switch
        {
            LineKind.Counter => [End("_total"), name + "_decrements_total"],
            LineKind.Timer => [.. Distribution(End("_seconds")), name + "_window_seconds"],
            LineKind.Histogram => [.. Distribution(name), name + "_window"],
            _ => [name],
        };

        string End(string suffix) => name.Length > suffix.Length && name.EndsWith(suffix, StringComparison.Ordinal) ? name : name + suffix;

        static string[] Distribution(string family) => [family, family + "_bucket", family + "_sum", family + "_count"];
    }

    public static bool IsReserved(ReadOnlySpan<byte> name) =>
        name.StartsWith("statsd_gateway."u8) || name.EndsWith(".decrements"u8) || name.EndsWith(".window"u8) || name.EndsWith(".window_seconds"u8);
}
