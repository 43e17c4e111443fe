namespace ReactiveLink.Benchmarks.Receive;

/// <summary>Our transport alone: a subscriber of its datagrams counts.</summary>
internal sealed class ReactiveLinkTransport(bool gro) : IReceiveContestant
{
    private long _received;

    public string Name => "ReactiveLink transport";

    public bool Gro => gro;

    public long Received => Volatile.Read(ref _received);

    public int Start(int receiveBufferBytes)
    {
        var transport = UdpTransport.Listen(
            "127.0.0.1:0", options => options with { ReceiveBufferSize = receiveBufferBytes, ReceiveCoalescing = gro });
        transport.Datagrams.Subscribe(_ => Volatile.Write(ref _received, _received + 1));
        transport.Start();
        return transport.LocalEndpoint.Port;
    }
}

/// <summary>Our link with CRC and sequence: a subscriber of its frames counts, each checked and with its verdict.</summary>
internal sealed class ReactiveLinkLink(bool gro, bool borrowed = false) : IReceiveContestant
{
    private long _received;

    public string Name => borrowed ? "ReactiveLink link, borrowed" : "ReactiveLink link";

    public bool Gro => gro;

    public long Received => Volatile.Read(ref _received);

    public int Start(int receiveBufferBytes)
    {
        var link = Links.Open(receiveBufferBytes, gro, borrowed ? PayloadMemory.Borrowed : PayloadMemory.Kept);
        link.Frames.Subscribe(_ => Volatile.Write(ref _received, _received + 1));
        return link.LocalEndpoint.Port;
    }
}

/// <summary>Our link with CRC, sequence, envelope and a synchronous handler of one message type.</summary>
internal sealed class ReactiveLinkHandler(bool gro) : IReceiveContestant
{
    private long _received;

    public string Name => "ReactiveLink link with handler";

    public bool Gro => gro;

    public bool Envelope => true;

    public long Received => Volatile.Read(ref _received);

    public int Start(int receiveBufferBytes)
    {
        var link = Links.Open(receiveBufferBytes, gro, PayloadMemory.Kept);
        link.Handle(MessageType.Data, _ => Volatile.Write(ref _received, _received + 1), new RouteOptions { Concurrency = 1, Capacity = 100_000 });
        return link.LocalEndpoint.Port;
    }
}

internal static class Links
{
    public static UdpLink Open(int receiveBufferBytes, bool gro, PayloadMemory memory) => UdpLink.Open(
        "127.0.0.1:0",
        options => options with
        {
            Transport = options.Transport with { ReceiveBufferSize = receiveBufferBytes, ReceiveCoalescing = gro, PayloadMemory = memory },
        });
}
