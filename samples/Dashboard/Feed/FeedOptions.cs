namespace Dashboard.Feed;

/// <summary>What the page is told, how often, and the bounds. With the defaults a browser gets at most 64 KiB an event and 384 KiB a second, whatever the network sends.</summary>
internal sealed record FeedOptions
{
    /// <summary>How often the link is read. Everything that happens in between is told in one piece.</summary>
    public TimeSpan Tick { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Messages that are decoded in a tick; beyond, the link does not decode at all until the next one.</summary>
    public int DecodedPerTick { get; init; } = 50;

    /// <summary>Messages that are told of in a tick, the latest ones.</summary>
    public int MessagesPerTick { get; init; } = 20;

    /// <summary>Messages that a page gets when it opens.</summary>
    public int MessagesKept { get; init; } = 40;

    /// <summary>Peers that are told of; the others are counted.</summary>
    public int PeersShown { get; init; } = 100;

    /// <summary>Peers that are looked at each time.</summary>
    public int PeersTracked { get; init; } = 1000;

    /// <summary>Points that a page gets when it opens, and that its charts show: a minute.</summary>
    public int PointsKept { get; init; } = 240;

    /// <summary>Alerts told of: those that are active, then those that were.</summary>
    public int AlertsShown { get; init; } = 40;

    /// <summary>Sources with a window of their own.</summary>
    public int SourcesWithWindows { get; init; } = 16;

    /// <summary>Characters of a message's data, and of a name, that are told.</summary>
    public int DataLength { get; init; } = 160;

    public int NameLength { get; init; } = 32;

    /// <summary>Loss from which an alert fires, and below which it clears, of the link and of each peer.</summary>
    public double LossFires { get; init; } = 0.08;

    public double LossClears { get; init; } = 0.04;

    /// <summary>Seconds of silence of a peer from which an alert fires.</summary>
    public double SilenceFires { get; init; } = 3;

    /// <summary>The 95th percentile of a source's transit time, in milliseconds, from which an alert fires, and below which it clears.</summary>
    public double TransitFires { get; init; } = 150;

    public double TransitClears { get; init; } = 100;

    /// <summary>A message that was sent longer ago, or will be that far in the future, says something of its sender's clock and nothing of the way.</summary>
    public TimeSpan LongestTransit { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long a condition must hold before it is an alert, and how long it must not before the alert is over.</summary>
    public TimeSpan HoldFor { get; init; } = TimeSpan.FromSeconds(1);

    public TimeSpan KeepFiringFor { get; init; } = TimeSpan.FromSeconds(2);
}
