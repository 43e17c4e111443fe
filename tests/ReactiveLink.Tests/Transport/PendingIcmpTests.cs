using System.Net;
using System.Net.Sockets;

namespace ReactiveLink.Tests.Transport;

/// <summary>ICMP "port unreachable" of the real system in the middle of batches: the loopback interface answers at once.</summary>
[Needs(Capability.Linux)]
public sealed class PendingIcmpTests
{
    private const int SolIp = 0;
    private const int ReceiveErrors = 11;

    private static Socket BindTo(UdpEndpoint endpoint)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(endpoint.ToIPEndPoint());
        return socket;
    }

    [CapableTheory]
    [InlineData(SocketEngine.Automatic, true)]
    [InlineData(SocketEngine.Automatic, false)]
    [InlineData(SocketEngine.Portable, false)]
    public void A_batch_to_a_closed_port_is_sent_whole(SocketEngine engine, bool equalSizes)
    {
        var closed = new UdpEndpoint(IPAddress.Loopback, Ports.Free());
        using var client = UdpTransport.Connect(closed.ToString(), o => o with { Engine = engine });
        OutgoingDatagram[] batch = [.. Enumerable.Range(0, 150).Select(i => new OutgoingDatagram(new byte[equalSizes ? 8 : 1 + (i % 3)]))];

        // Twice: the second begins with an error about the first.
        Assert.Equal((150, null), (client.Send(batch, out var refusal), refusal));
        Assert.Equal((150, null), (client.Send(batch, out refusal), refusal));

        Assert.Equal((300, 0), (client.GetStatistics().DatagramsSent, client.GetStatistics().SendErrors));
        Assert.NotEqual(0, client.GetStatistics().SocketErrors);
        using var open = BindTo(closed);
        Assert.Equal((150, null), (client.Send(batch, out refusal), refusal));
        open.ReceiveTimeout = (int)Recorder<int>.Deadline.TotalMilliseconds;
        Assert.Equal(batch.Select(d => d.Payload.Length), batch.Select(_ => open.Receive(new byte[100])));
    }

    [CapableTheory]
    [InlineData(SocketEngine.Automatic)]
    [InlineData(SocketEngine.Portable)]
    public void What_waits_around_an_error_is_received_in_order(SocketEngine engine)
    {
        var remote = new UdpEndpoint(IPAddress.Loopback, Ports.Free());
        using var client = UdpTransport.Connect(remote.ToString(), o => o with { Engine = engine });
        var datagrams = Transports.Record(client.Datagrams);
        var faults = Transports.Record(client.Faults);
        void Answer(params byte[] marks)
        {
            using var server = BindTo(remote);
            foreach (var mark in marks)
            {
                server.SendTo([mark], client.LocalEndpoint.ToIPEndPoint());
            }
        }

        Answer(1, 2, 3);
        client.Send([0]);
        Answer(4, 5, 6);
        client.Start();

        datagrams.WaitForCount(6);
        Assert.Equal([1, 2, 3, 4, 5, 6], datagrams.Values.Select(d => (int)d.Payload.Span[0]));
        var fault = Assert.Single(faults.Values);
        Assert.Equal((FaultReason.SocketError, "receive"), (fault.Reason, fault.Detail));
        Assert.Equal((1, 0, 0), (client.GetStatistics().SocketErrors, client.GetStatistics().Rebinds, client.GetStatistics().Ledger.Unexplained));
    }

    [CapableTheory]
    [InlineData(SocketEngine.Automatic, true)]
    [InlineData(SocketEngine.Automatic, false)]
    [InlineData(SocketEngine.Portable, false)]
    public void A_listener_that_is_told_of_every_ICMP_error_still_sends_and_receives_all(SocketEngine engine, bool segments)
    {
        using var listener = UdpTransport.Listen("127.0.0.1:0", o => o with { Engine = engine, SendSegmentation = segments });
        using var receiver = UdpTransport.Listen("127.0.0.1:0");
        using var sender = Transports.Plain();
        Descriptors.SetOption(listener.LocalEndpoint.Port, SolIp, ReceiveErrors, 1);
        var atListener = Transports.Record(listener.Datagrams);
        var atReceiver = Transports.Record(receiver.Datagrams);
        var faults = Transports.Record(listener.Faults);
        receiver.Start();
        listener.Start();
        var closed = new UdpEndpoint(IPAddress.Loopback, Ports.Free());

        for (byte round = 0; round < 20; round++)
        {
            OutgoingDatagram[] batch = [.. Enumerable.Range(0, 20).Select(i => new OutgoingDatagram(new[] { round, (byte)i }, i % 4 == 0 ? closed : receiver.LocalEndpoint))];
            sender.SendTo([round], listener.LocalEndpoint.ToIPEndPoint());
            Assert.Equal((20, null), (listener.Send(batch, out var refusal), refusal));
        }

        atReceiver.WaitForCount(20 * 15);
        atListener.WaitForCount(20);
        Assert.Equal(Enumerable.Range(0, 400).Where(n => n % 20 % 4 != 0), atReceiver.Values.Select(d => (d.Payload.Span[0] * 20) + d.Payload.Span[1]));
        Assert.Equal(Enumerable.Range(0, 20), atListener.Values.Select(d => (int)d.Payload.Span[0]));
        Assert.Equal((0, 0, 400), (listener.GetStatistics().Rebinds, listener.GetStatistics().SendErrors, listener.GetStatistics().DatagramsSent));

        // What a send does not come upon, being the last one, the receiver is told.
        listener.Send([0], closed);
        faults.WaitForCount(1);
        Assert.NotEqual(0, listener.GetStatistics().SocketErrors);
    }
}
