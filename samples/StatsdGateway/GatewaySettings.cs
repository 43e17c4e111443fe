namespace StatsdGateway;

/// <summary>What a run is to be. As it is: the demonstration, on free ports.</summary>
internal sealed record GatewaySettings
{
    /// <summary>Whether it sends to itself, shows what comes out, and ends.</summary>
    public bool IsDemo { get; init; } = true;

    /// <summary>Where lines come in.</summary>
    public string Listen { get; init; } = "127.0.0.1:0";

    /// <summary>Where <c>/metrics</c> is.</summary>
    public string Urls { get; init; } = "http://127.0.0.1:0";

    /// <summary>Names of this machine that HTTP requests may have, with semicolons between them.</summary>
    public string? AllowedHosts { get; init; }

    /// <summary>After how long it ends by itself, if not in the demonstration.</summary>
    public TimeSpan? For { get; init; }

    public GatewayOptions Options { get; init; } = new() { Window = TimeSpan.FromSeconds(6) };
}
