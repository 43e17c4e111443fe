namespace ReactiveLink.Benchmarks.Receive;

/// <summary>Our transport alone: a subscriber of its datagrams counts.</summary>
internal sealed class ReactiveLinkTransport : IReceiveContestant
{
    private long _received;

    public string Name => "ReactiveLink transport";

    public long Received => Volatile.Read(ref _received);

    public int Start(int receiveBufferBytes)
    {
        var transport = UdpTransport.Listen("127.0.0.1:0", options => options with { ReceiveBufferSize = receiveBufferBytes });
        transport.Datagrams.Subscribe(_ => Volatile.Write(ref _received, _received + 1));
        transport.Start();
        return transport.LocalEndpoint.Port;
    }
}

/// <summary>Our link with CRC and sequence: a subscriber of its frames counts, each checked and with its verdict.</summary>
internal sealed class ReactiveLinkLink : IReceiveContestant
{
    private long _received;

    public string Name => "ReactiveLink link";

    public long Received => Volatile.Read(ref _received);

    public int Start(int receiveBufferBytes)
    {
        var link = Links.Open(receiveBufferBytes);
        link.Frames.Subscribe(_ => Volatile.Write(ref _received, _received + 1));
        return link.LocalEndpoint.Port;
    }
}

/// <summary>Our link with CRC, sequence, envelope and a synchronous handler of one message type.</summary>
internal sealed class ReactiveLinkHandler : IReceiveContestant
{
    private long _received;

    public string Name => "ReactiveLink link with handler";

    public bool Envelope => true;

    public long Received => Volatile.Read(ref _received);

    public int Start(int receiveBufferBytes)
    {
        var link = Links.Open(receiveBufferBytes);
        link.Handle(MessageType.Data, _ => Volatile.Write(ref _received, _received + 1), new RouteOptions { Concurrency = 1, Capacity = 100_000 });
        return link.LocalEndpoint.Port;
    }
}

internal static class Links
{
    public static UdpLink Open(int receiveBufferBytes) => UdpLink.Open(
        "127.0.0.1:0",
        options => options with { Transport = options.Transport with { ReceiveBufferSize = receiveBufferBytes } });
}
