namespace StatsdGateway;

/// <summary>How long the parts of a line may be, in bytes. A line past one of them is refused.</summary>
internal static class Limits
{
    public const int Name = 200;
    public const int TagKey = 100;
    public const int TagValue = 200;

    /// <summary>One less than a metric takes: the gateway adds one of its own.</summary>
    public const int Tags = 15;

    public const int Values = 1000;

    /// <summary>How far from zero a value may be, a counter's after its sample rate: no sum of such becomes infinite, and stays so.</summary>
    public const double Value = 1e100;

    public const int SetMember = 200;

    /// <summary>A distribution's line counts for at most so many; see its sample rate.</summary>
    public const int Weight = 1000;
}
