namespace Dashboard.Server;

/// <summary>The server's bounds.</summary>
internal sealed record ServerOptions
{
    /// <summary>Browsers at a time; a further one is answered 503.</summary>
    public int MaximumClients { get; init; } = 16;

    /// <summary>How long a browser may take nothing before it is disconnected.</summary>
    public TimeSpan SlowClientBound { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>When a browser comes back that lost its connection.</summary>
    public TimeSpan Retry { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Bytes that wait for one browser in the server, and as many again in the system.</summary>
    public int ClientBuffer { get; init; } = 64 * 1024;
}
