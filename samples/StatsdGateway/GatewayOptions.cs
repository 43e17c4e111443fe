namespace StatsdGateway;

/// <summary>The bounds of the gateway.</summary>
internal sealed record GatewayOptions
{
    /// <summary>How long the windows of timers, histograms, distributions and sets are. They are told every sixth of it.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>After how long without a line a series is forgotten; longer than two windows.</summary>
    public TimeSpan Expiry { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Series in all. Lines of further ones are left out, counted.</summary>
    public int MaximumSeries { get; init; } = 1000;

    /// <summary>Series of one name. Further ones share the series with the tag <c>overflow="true"</c>, counted.</summary>
    public int MaximumSeriesPerName { get; init; } = 100;

    /// <summary>Members of all sets. Further ones are not counted in their set, counted.</summary>
    public int MaximumMembers { get; init; } = 100_000;

    /// <summary>Whether a gauge with a sign changes the value (StatsD), or is a value like any other (DogStatsD).</summary>
    public bool SignedGaugesAreChanges { get; init; } = true;
}
