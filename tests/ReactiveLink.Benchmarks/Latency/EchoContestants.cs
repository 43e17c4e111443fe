using System.Net;
using System.Net.Sockets;
using ReactiveLink.Benchmarks.Receive;

namespace ReactiveLink.Benchmarks.Latency;

/// <summary>One way to answer datagrams, and to send and await them. Both ends of a round trip are of one kind.</summary>
internal interface IEchoContestant
{
    /// <summary>The name in the results.</summary>
    string Name { get; }

    /// <summary>Answers every datagram with itself, on a free port of 127.0.0.1, until the process ends.</summary>
    /// <returns>The port.</returns>
    int Serve();

    /// <summary>Opens what sends to a port of 127.0.0.1 and awaits the answers.</summary>
    /// <param name="port">The port.</param>
    /// <returns>Does a turn, as often as it is called: sends a datagram and, upon each answer, the next, until what is called at each answer says false.</returns>
    Action<Func<bool>> Open(int port);
}

internal static class EchoContestants
{
    public const int Size = 64;
    public const string Baseline = "blocking Socket";

    public static IReadOnlyList<IEchoContestant> All { get; } = [new SocketEcho(), new TransportEcho(), new LinkEcho()];
}

/// <summary>Blocking ReceiveFrom and SendTo, without an allocation.</summary>
internal sealed class SocketEcho : IEchoContestant
{
    public string Name => EchoContestants.Baseline;

    public int Serve()
    {
        var socket = Loopback.Bind(ReceiveBenchmark.ReceiveBufferBytes);
        var thread = new Thread(() =>
        {
            var buffer = new byte[Loopback.LargestDatagram];
            var remote = new SocketAddress(AddressFamily.InterNetwork);
            while (true)
            {
                int length = socket.ReceiveFrom(buffer.AsSpan(), SocketFlags.None, remote);
                socket.SendTo(buffer.AsSpan(0, length), SocketFlags.None, remote);
            }
        })
        { IsBackground = true };
        thread.Start();
        return Loopback.PortOf(socket);
    }

    public Action<Func<bool>> Open(int port)
    {
        var socket = Loopback.Bind(ReceiveBenchmark.ReceiveBufferBytes);
        socket.Connect(IPAddress.Loopback, port);
        var payload = new byte[EchoContestants.Size];
        var buffer = new byte[Loopback.LargestDatagram];
        return answered =>
        {
            do
            {
                socket.Send(payload);
                socket.Receive(buffer);
            }
            while (answered());
        };
    }
}

/// <summary>The turns of a sender whose answers come to a subscriber.</summary>
internal sealed class PushedTurns(Action send)
{
    private readonly AutoResetEvent _end = new(initialState: false);
    private Func<bool> _answered = () => false;

    public void Run(Func<bool> answered)
    {
        _answered = answered;
        send();
        _end.WaitOne();
    }

    public void Answer()
    {
        if (_answered())
        {
            send();
        }
        else
        {
            _end.Set();
        }
    }
}

/// <summary>Our transport: a subscriber of its datagrams answers, or sends the next.</summary>
internal sealed class TransportEcho : IEchoContestant
{
    public string Name => "ReactiveLink transport";

    public int Serve()
    {
        var transport = UdpTransport.Listen("127.0.0.1:0");
        transport.Datagrams.Subscribe(datagram => transport.Send(datagram.Payload.Span, datagram.Remote));
        transport.Start();
        return transport.LocalEndpoint.Port;
    }

    public Action<Func<bool>> Open(int port)
    {
        var transport = UdpTransport.Connect($"127.0.0.1:{port}");
        var payload = new byte[EchoContestants.Size];
        var turns = new PushedTurns(() => transport.Send(payload));
        transport.Datagrams.Subscribe(_ => turns.Answer());
        transport.Start();
        return turns.Run;
    }
}

/// <summary>Our link with CRC and sequence, its messages plain bytes: a subscriber of its messages answers, or sends the next.</summary>
internal sealed class LinkEcho : IEchoContestant
{
    public string Name => "ReactiveLink link";

    public int Serve()
    {
        var link = UdpLink.Open("127.0.0.1:0", options => options with { Codec = MessageCodecs.Bytes });
        link.Messages.Subscribe(message => _ = link.SendAsync(message.Data, to: message.Peer));
        return link.LocalEndpoint.Port;
    }

    public Action<Func<bool>> Open(int port)
    {
        var link = UdpLink.Connect($"127.0.0.1:{port}", options => options with { Codec = MessageCodecs.Bytes });
        ReadOnlyMemory<byte> payload = new byte[EchoContestants.Size - Load.HeaderSize];
        var turns = new PushedTurns(() => _ = link.SendAsync(payload));
        link.Messages.Subscribe(_ => turns.Answer());
        return turns.Run;
    }
}
