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

    /// <summary>Sends a datagram to a port of 127.0.0.1 and, upon each answer, the next.</summary>
    /// <param name="port">The port.</param>
    /// <param name="answered">Called at each answer; false to end.</param>
    void Ping(int port, Func<bool> answered);
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

    public void Ping(int port, Func<bool> answered)
    {
        using var socket = Loopback.Bind(ReceiveBenchmark.ReceiveBufferBytes);
        socket.Connect(IPAddress.Loopback, port);
        var payload = new byte[EchoContestants.Size];
        var buffer = new byte[Loopback.LargestDatagram];
        do
        {
            socket.Send(payload);
            socket.Receive(buffer);
        }
        while (answered());
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

    public void Ping(int port, Func<bool> answered)
    {
        using var transport = UdpTransport.Connect($"127.0.0.1:{port}");
        using var end = new ManualResetEventSlim();
        var payload = new byte[EchoContestants.Size];
        transport.Datagrams.Subscribe(_ =>
        {
            if (answered())
            {
                transport.Send(payload);
            }
            else
            {
                end.Set();
            }
        });
        transport.Start();
        transport.Send(payload);
        end.Wait();
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

    public void Ping(int port, Func<bool> answered)
    {
        using var link = UdpLink.Connect($"127.0.0.1:{port}", options => options with { Codec = MessageCodecs.Bytes });
        using var end = new ManualResetEventSlim();
        ReadOnlyMemory<byte> payload = new byte[EchoContestants.Size - Load.HeaderSize];
        link.Messages.Subscribe(answer =>
        {
            if (answered())
            {
                _ = link.SendAsync(payload);
            }
            else
            {
                end.Set();
            }
        });
        _ = link.SendAsync(payload);
        end.Wait();
    }
}
