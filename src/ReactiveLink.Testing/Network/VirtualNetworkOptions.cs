namespace ReactiveLink.Testing;

/// <summary>How a <see cref="VirtualNetwork"/> is made. Immutable.</summary>
public sealed record VirtualNetworkOptions
{
    /// <summary>The conditions on every path that has none of its own, except from a host to itself. Default: perfect.</summary>
    public PathConditions Conditions { get; init; } = new();

    /// <summary>How many copies may be on their way at once; further ones are dropped and counted. Default 65,536; 1 to 16,777,216.</summary>
    public int MaximumInFlight { get; init; } = 65_536;

    /// <summary>How many events may wait for a busy observer of the log; further ones are missed and counted. Default 1,048,576; 1 to 16,777,216.</summary>
    public int MaximumWaitingEvents { get; init; } = 1 << 20;

    internal void Validate(string parameterName)
    {
        List<string> errors = [];
        if (Conditions is null)
        {
            errors.Add("Conditions is null: leave it out for a perfect network.");
        }

        if (MaximumInFlight is < 1 or > 1 << 24)
        {
            errors.Add("MaximumInFlight must be from 1 to 16777216.");
        }

        if (MaximumWaitingEvents is < 1 or > 1 << 24)
        {
            errors.Add("MaximumWaitingEvents must be from 1 to 16777216.");
        }

        if (errors.Count > 0)
        {
            throw new ArgumentException("The network's options are not valid: " + string.Join(' ', errors), parameterName);
        }

        Conditions!.Validate(parameterName);
    }
}
