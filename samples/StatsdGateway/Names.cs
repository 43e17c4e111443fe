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

    public static bool IsReserved(ReadOnlySpan<byte> name) =>
        name.StartsWith("statsd_gateway."u8) || name.EndsWith(".decrements"u8) || name.EndsWith(".window"u8) || name.EndsWith(".window_seconds"u8);
}
