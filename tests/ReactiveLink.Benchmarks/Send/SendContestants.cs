using System.Net;
using System.Net.Sockets;

namespace ReactiveLink.Benchmarks.Send;

/// <summary>One way to send datagrams of 64 bytes to one peer in .NET. Add yours to <see cref="SendContestants"/>.</summary>
internal interface ISendContestant
{
    /// <summary>The name in the results.</summary>
    string Name { get; }

    /// <summary>Whether the system segments (UDP_SEGMENT).</summary>
    bool Segments => false;

    /// <summary>Opens toward a port of 127.0.0.1.</summary>
    void Open(int port);

    /// <summary>Sends datagrams.</summary>
    /// <returns>How many.</returns>
    ValueTask<int> SendAsync();
}

/// <summary>The contestants, in the order of the results: the C baselines, then those of .NET.</summary>
internal static class SendContestants
{
    public const int Size = 64;
    public const int Burst = 64;
    public const string BaselineBatched = "C sendmmsg";
    public const string BaselineSegmented = "C sendmmsg+GSO";

    public static IReadOnlyList<ISendContestant> All { get; } =
    [
        new SocketSendTo(),
        new UdpClientSendAsync(),
        new TransportSend("ReactiveLink transport, one by one", Burst: 1, Segments: false),
        new TransportSend("ReactiveLink transport", Burst, Segments: false),
        new TransportSend("ReactiveLink transport+GSO", 16 * Burst, Segments: true),
        new LinkSend("ReactiveLink link, one by one", Burst: 1, Segments: false),
        new LinkSend("ReactiveLink link", Burst, Segments: false),
        new LinkSend("ReactiveLink link+GSO", 16 * Burst, Segments: true),
    ];
}

internal sealed class SocketSendTo : ISendContestant
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly byte[] _payload = new byte[SendContestants.Size];
    private SocketAddress? _to;

    public string Name => "Socket.SendTo";

    public void Open(int port) => _to = new IPEndPoint(IPAddress.Loopback, port).Serialize();

    public ValueTask<int> SendAsync()
    {
        for (int i = 0; i < SendContestants.Burst; i++)
        {
            _socket.SendTo(_payload, SocketFlags.None, _to!);
        }

        return new ValueTask<int>(SendContestants.Burst);
    }
}

internal sealed class UdpClientSendAsync : ISendContestant
{
    private readonly UdpClient _client = new(AddressFamily.InterNetwork);
    private readonly byte[] _payload = new byte[SendContestants.Size];
    private IPEndPoint? _to;

    public string Name => "UdpClient.SendAsync";

    public void Open(int port) => _to = new IPEndPoint(IPAddress.Loopback, port);

    public async ValueTask<int> SendAsync()
    {
        for (int i = 0; i < SendContestants.Burst; i++)
        {
            await _client.SendAsync(_payload, _to);
        }

        return SendContestants.Burst;
    }
}

/// <summary>Our transport: one datagram a call, or a batch.</summary>
internal sealed record TransportSend(string Name, int Burst, bool Segments) : ISendContestant
{
    private readonly OutgoingDatagram[] _batch = [.. Enumerable.Repeat(new OutgoingDatagram(new byte[SendContestants.Size]), Burst)];
    private UdpTransport? _transport;

    public void Open(int port) => _transport = UdpTransport.Connect($"127.0.0.1:{port}", options => options with { SendSegmentation = Segments });

    public ValueTask<int> SendAsync()
    {
        if (Burst > 1)
        {
            return new ValueTask<int>(_transport!.Send(_batch, out _));
        }

        for (int i = 0; i < SendContestants.Burst; i++)
        {
            _transport!.Send(_batch[0].Payload.Span);
        }

        return new ValueTask<int>(SendContestants.Burst);
    }
}

/// <summary>Our link with CRC and sequence, its messages plain bytes: 8 of header and 56. One message a call, or a batch.</summary>
internal sealed record LinkSend(string Name, int Burst, bool Segments) : ISendContestant
{
    private readonly ReadOnlyMemory<byte>[] _batch = [.. Enumerable.Repeat<ReadOnlyMemory<byte>>(new byte[SendContestants.Size - Load.HeaderSize], Burst)];
    private UdpLink? _link;

    public void Open(int port) => _link = UdpLink.Connect(
        $"127.0.0.1:{port}",
        options => options with { Codec = MessageCodecs.Bytes, Transport = options.Transport with { SendSegmentation = Segments } });

    public async ValueTask<int> SendAsync()
    {
        if (Burst > 1)
        {
            await _link!.SendBatchAsync(_batch);
            return Burst;
        }

        for (int i = 0; i < SendContestants.Burst; i++)
        {
            await _link!.SendAsync(_batch[0]);
        }

        return SendContestants.Burst;
    }
}
