using System.Net;
using System.Net.Sockets;
using ReactiveLink.Tests.Support;

namespace ReactiveLink.Tests.Transport;

/// <summary>The transport on the system's own sockets, against plain ones.</summary>
public sealed class UdpTransportSocketTests
{
    private static Recorder<T> Record<T>(IObservable<T> source)
    {
        var recorder = new Recorder<T>();
        source.Subscribe(recorder);
        return recorder;
    }

    private static Socket Plain(IPAddress? address = null)
    {
        var socket = new Socket((address ?? IPAddress.Loopback).AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(address ?? IPAddress.Loopback, 0));
        return socket;
    }

    private static UdpEndpoint AddressOf(Socket socket) => UdpEndpoint.From((IPEndPoint)socket.LocalEndPoint!);

    [Fact]
    public async Task A_blocked_receive_ends_promptly_on_dispose_and_the_port_is_free()
    {
        for (var i = 0; i < 20; i++)
        {
            var transport = UdpTransport.Listen("127.0.0.1:" + Ports.Free());
            var datagrams = Record(transport.Datagrams);
            transport.Start();
            using (var prober = Plain())
            {
                // After this one has arrived the thread goes back into its blocking call.
                prober.SendTo([1], transport.LocalEndpoint.ToIPEndPoint());
                datagrams.WaitForCount(1);
            }

            await transport.DisposeAsync().AsTask().WaitAsync(Recorder<int>.Deadline);

            Assert.True(datagrams.Completed);
            Assert.True(transport.ReceiveThread!.Join(Recorder<int>.Deadline));
            Assert.True(Ports.IsFree(transport.LocalEndpoint.Port));
        }
    }

    [Fact]
    public void Truncated_datagrams_are_faults_and_never_delivered_cut()
    {
        using var transport = UdpTransport.Listen("127.0.0.1:0", o => o with { MaximumDatagramSize = 100 });
        using var sender = Plain();
        var datagrams = Record(transport.Datagrams);
        var faults = Record(transport.Faults);
        transport.Start();

        foreach (var size in new[] { 99, 100, 101, 102, 5000, 0 })
        {
            sender.SendTo(new byte[size], transport.LocalEndpoint.ToIPEndPoint());
        }

        datagrams.WaitForCount(3);
        Assert.Equal([99, 100, 0], datagrams.Values.Select(d => d.Payload.Length));
        faults.WaitForCount(3);
        Assert.All(faults.Values, f => Assert.Equal((FaultReason.Truncated, AddressOf(sender)), (f.Reason, f.Peer!)));
        var ledger = transport.GetStatistics().Ledger;
        Assert.Equal((6, 3, 3, 0), (ledger.Received, ledger.Delivered, ledger.Dropped[FaultReason.Truncated], ledger.Unexplained));
    }

    [CapableFact]
    [Needs(Capability.Linux)]
    public void Kernel_drops_make_received_equal_to_sent()
    {
        const int Sent = 1000;
        using var transport = UdpTransport.Listen("127.0.0.1:0", o => o with { ReceiveBufferSize = 4096 });
        using var sender = Plain();
        var datagrams = Record(transport.Datagrams);
        var faults = Record(transport.Faults);
        for (var i = 0; i < Sent; i++)
        {
            sender.SendTo(new byte[64], transport.LocalEndpoint.ToIPEndPoint());
        }

        var before = transport.GetStatistics().Ledger;
        Assert.Equal(before.Received, before.Dropped[FaultReason.KernelDrop]);
        transport.Start();

        Eventually.True(() => transport.GetStatistics().Ledger.Received == Sent, "received and dropped make what was sent");
        var ledger = transport.GetStatistics().Ledger;
        Assert.Equal(0, ledger.Unexplained);
        Assert.InRange(ledger.Delivered, 1, Sent - 1);
        datagrams.WaitForCount((int)ledger.Delivered);
        faults.WaitFor(f => f.Sum(x => x.Count) == ledger.Dropped[FaultReason.KernelDrop], "the faults sum up to the drops");
    }

    [Fact]
    public void A_client_sends_to_and_receives_from_its_remote_alone()
    {
        using var server = UdpTransport.Listen("127.0.0.1:0");
        using var client = UdpTransport.Connect(server.LocalEndpoint.ToString());
        using var stranger = Plain();
        var atServer = Record(server.Datagrams);
        var atClient = Record(client.Datagrams);
        server.Start();
        client.Start();

        stranger.SendTo([66], client.LocalEndpoint.ToIPEndPoint());
        client.Send([1]);
        atServer.WaitForCount(1);
        server.Send([2], atServer.Values[0].Remote);

        atClient.WaitForCount(1);
        Assert.Equal([2], atClient.Values[0].ToArray());
        Assert.Equal(server.LocalEndpoint, client.RemoteEndpoint);
        Assert.Equal(server.LocalEndpoint, atClient.Values[0].Remote);
        Assert.Null(server.RemoteEndpoint);
        Assert.Equal(1, client.GetStatistics().Ledger.Received);
    }

    [Fact]
    public void ICMP_port_unreachable_never_ends_a_client()
    {
        var closed = new UdpEndpoint(IPAddress.Loopback, Ports.Free());
        using var client = UdpTransport.Connect(closed.ToString());
        var datagrams = Record(client.Datagrams);
        var faults = Record(client.Faults);
        client.Start();
        for (var i = 0; i < 5; i++)
        {
            client.Send([1]);
        }

        faults.WaitForOne(f => f.Reason == FaultReason.SocketError, "a socket-error fault");
        using var late = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        late.Bind(closed.ToIPEndPoint());
        late.SendTo([7], client.LocalEndpoint.ToIPEndPoint());

        datagrams.WaitForCount(1);
        Assert.Equal(ConnectionState.Connected, client.CurrentState);
        Assert.Equal(0, client.GetStatistics().Rebinds);
        Assert.Equal(0, client.GetStatistics().SendErrors);
    }

    [CapableFact]
    [Needs(Capability.Linux)]
    public void A_socket_shut_down_by_others_is_bound_again_on_its_port()
    {
        using var transport = UdpTransport.Listen("127.0.0.1:" + Ports.Free(), o => o with { RebindDelay = TimeSpan.FromMilliseconds(1) });
        using var sender = Plain();
        var states = Record(transport.State);
        var datagrams = Record(transport.Datagrams);
        var local = transport.LocalEndpoint;
        transport.Start();

        Descriptors.ShutDown(local.Port);

        states.WaitForCount(3);
        Assert.Equal([ConnectionState.Connected, ConnectionState.Reconnecting, ConnectionState.Connected], states.Values);
        Assert.Equal(local, transport.LocalEndpoint);
        sender.SendTo([1], local.ToIPEndPoint());
        datagrams.WaitForCount(1);
        Assert.Equal(1, transport.GetStatistics().Rebinds);
    }

    [Fact]
    public void A_listener_of_one_family_refuses_a_destination_of_the_other()
    {
        using var transport = UdpTransport.Listen("127.0.0.1:0");

        var error = Assert.Throws<DatagramSendException>(() => transport.Send([1], new UdpEndpoint(IPAddress.IPv6Loopback, 9)));

        Assert.Equal(SocketError.AddressFamilyNotSupported, error.SocketError);
    }

    [CapableFact]
    [Needs(Capability.IPv6)]
    public void A_dual_stack_listener_serves_both_families()
    {
        using var transport = UdpTransport.Listen(":0");
        using var v4 = Plain();
        using var v6 = Plain(IPAddress.IPv6Loopback);
        var datagrams = Record(transport.Datagrams);
        transport.Start();

        v4.SendTo([4], new IPEndPoint(IPAddress.Loopback, transport.LocalEndpoint.Port));
        datagrams.WaitForCount(1);
        v6.SendTo([6], new IPEndPoint(IPAddress.IPv6Loopback, transport.LocalEndpoint.Port));
        datagrams.WaitForCount(2);

        Assert.Equal([AddressOf(v4), AddressOf(v6)], datagrams.Values.Select(d => d.Remote));
        foreach (var (socket, remote) in new[] { (v4, AddressOf(v4)), (v6, AddressOf(v6)) })
        {
            transport.Send([1, 2], remote);
            socket.ReceiveTimeout = (int)Recorder<int>.Deadline.TotalMilliseconds;
            Assert.Equal(2, socket.Receive(new byte[10]));
        }
    }

    [Fact]
    public void Broadcast_needs_its_option_and_reaches_listeners()
    {
        using var listener = UdpTransport.Listen("0.0.0.0:0");
        var everyone = new UdpEndpoint(IPAddress.Parse("127.255.255.255"), listener.LocalEndpoint.Port);
        using var mute = UdpTransport.Listen("127.0.0.1:0");
        using var sender = UdpTransport.Listen("127.0.0.1:0", o => o with { Broadcast = true });
        var datagrams = Record(listener.Datagrams);
        listener.Start();

        Assert.Equal(SocketError.AccessDenied, Assert.Throws<DatagramSendException>(() => mute.Send([1], everyone)).SocketError);
        sender.Send([2], everyone);

        datagrams.WaitForCount(1);
        Assert.Equal([2], datagrams.Values[0].ToArray());
    }

    [Fact]
    public async Task SendAsync_sends_and_is_refused_after_dispose()
    {
        using var receiver = UdpTransport.Listen("127.0.0.1:0");
        var sender = UdpTransport.Listen("127.0.0.1:0");
        var datagrams = Record(receiver.Datagrams);
        receiver.Start();

        await sender.SendAsync(new byte[] { 1, 2 }, receiver.LocalEndpoint, Priority.Critical);
        datagrams.WaitForCount(1);

        Assert.Equal([1, 2], datagrams.Values[0].ToArray());
        Assert.Throws<DatagramTooLargeException>(() => { _ = sender.SendAsync(new byte[65508], receiver.LocalEndpoint).AsTask(); });
        Assert.Throws<InvalidOperationException>(() => { _ = sender.SendAsync(new byte[1]).AsTask(); });
        Assert.Equal(1, sender.GetStatistics().OversizeSends);
        sender.Dispose();
        Assert.Throws<ObjectDisposedException>(() => { _ = sender.SendAsync(new byte[1], receiver.LocalEndpoint).AsTask(); });
    }

    [Fact]
    public void Sending_in_steady_state_allocates_nothing()
    {
        using var receiver = Plain();
        using var transport = UdpTransport.Listen("127.0.0.1:0");
        using var client = UdpTransport.Connect(AddressOf(receiver).ToString());
        var destination = AddressOf(receiver);
        var payload = new byte[64];
        void SendAll()
        {
            for (var i = 0; i < 1000; i++)
            {
                transport.Send(payload, destination);
                client.Send(payload);
                Assert.True(client.SendAsync(payload).IsCompletedSuccessfully);
            }
        }

        SendAll();

        Assert.InRange(Allocated.By(SendAll), 0, 3000);
    }
}
