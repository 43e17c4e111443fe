namespace ReactiveLink.Links;

/// <summary>What heartbeats need of their link.</summary>
internal interface IHeartbeatSender
{
    /// <summary>Where a client link sends to; null for a listener.</summary>
    UdpEndpoint? Remote { get; }

    /// <summary>All datagrams sent.</summary>
    long DatagramsSent { get; }

    /// <summary>The scheduler's clock, in ticks since 1970.</summary>
    long UnixTicks { get; }

    /// <summary>A fresh message id.</summary>
    string CreateId();

    /// <summary>Whether a message id is one of this link's.</summary>
    bool IsOwn(string id);

    /// <summary>Sends a heartbeat.</summary>
    /// <returns>Whether it was sent or waits to be; else the fault was told already.</returns>
    bool TrySend(in HeartbeatData data, UdpEndpoint to, string id, string? correlationId);
}
