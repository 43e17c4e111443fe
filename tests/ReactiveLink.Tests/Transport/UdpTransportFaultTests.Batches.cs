using System.Net.Sockets;

namespace ReactiveLink.Tests.Transport;

/// <content>Errors within a batch.</content>
public sealed partial class UdpTransportFaultTests
{
    private static OutgoingDatagram[] Batch(int count) => [.. Enumerable.Range(0, count).Select(i => new OutgoingDatagram(new byte[i + 1], ScriptedSocket.Peer))];

    [Fact]
    public void In_a_batch_a_pending_ICMP_error_is_cleared_by_one_retry()
    {
        var socket = new ScriptedSocket().OnSend(SocketError.Success, SocketError.ConnectionRefused, SocketError.Success, SocketError.ConnectionReset);
        var transport = Start(socket);

        Assert.Equal(4, transport.Send(Batch(4), out var refusal));

        Assert.Null(refusal);
        var statistics = transport.GetStatistics();
        Assert.Equal((4, 10, 0, 2), (statistics.DatagramsSent, statistics.BytesSent, statistics.SendErrors, statistics.SocketErrors));
        _faults.WaitForOne(f => f.Detail == "send, about an earlier datagram", "a fault about an earlier datagram");
    }

    [Theory]
    [InlineData(SocketError.HostUnreachable)]
    [InlineData(SocketError.ProtocolOption)]
    public void What_a_firewall_says_of_an_earlier_datagram_refuses_no_other(SocketError error)
    {
        var socket = new ScriptedSocket().OnSend(error, SocketError.Success, error);
        var transport = Start(socket);

        transport.Send([1], ScriptedSocket.Peer);
        Assert.Equal(3, transport.Send(Batch(3), out var refusal));

        Assert.Null(refusal);
        Assert.Equal((4, 0, 2), (transport.GetStatistics().DatagramsSent, transport.GetStatistics().SendErrors, transport.GetStatistics().SocketErrors));
    }

    [Fact]
    public void An_ICMP_error_that_comes_again_refuses_the_datagram()
    {
        var socket = new ScriptedSocket().OnSend(SocketError.Success, SocketError.ConnectionRefused, SocketError.ConnectionRefused);
        var transport = Start(socket);

        Assert.Equal(1, transport.Send(Batch(3), out var refusal));

        Assert.Equal(SocketError.ConnectionRefused, Assert.IsType<DatagramSendException>(refusal).SocketError);
        Assert.Equal((1, 1, 1), (transport.GetStatistics().DatagramsSent, transport.GetStatistics().SendErrors, transport.GetStatistics().SocketErrors));
    }

    [Theory]
    [InlineData(SocketError.MessageSize)]
    [InlineData(SocketError.NoBufferSpaceAvailable)]
    [InlineData(SocketError.AccessDenied)]
    [InlineData(SocketError.WouldBlock)]
    public void A_refused_datagram_of_a_batch_is_a_count_a_fault_and_the_end_of_the_call(SocketError error)
    {
        var transport = Start(new ScriptedSocket().OnSend(SocketError.Success, error));

        Assert.Equal(1, transport.Send(Batch(3), out var refusal));

        Assert.Equal(error, Assert.IsType<DatagramSendException>(refusal).SocketError);
        Assert.Equal((1, 1, 1), (transport.GetStatistics().DatagramsSent, transport.GetStatistics().BytesSent, transport.GetStatistics().SendErrors));
        Assert.Same(refusal, _faults.WaitForOne(f => f.Reason == FaultReason.SocketError, "a fault").Exception);
    }

    [Fact]
    public async Task What_waits_in_the_queue_goes_on_after_a_refused_datagram()
    {
        var socket = new ScriptedSocket();
        var transport = Start(socket);
        using var entered = new ManualResetEventSlim();
        using var leave = new ManualResetEventSlim();
        socket.Sending = () =>
        {
            socket.Sending = null;
            entered.Set();
            Assert.True(leave.Wait(Recorder<int>.Deadline));
        };
        var pump = Task.Factory.StartNew(() => transport.SendAsync(new byte[1], ScriptedSocket.Peer).AsTask(), TaskCreationOptions.LongRunning).Unwrap();
        Assert.True(entered.Wait(Recorder<int>.Deadline));
        var tasks = Batch(3).Select(d => transport.SendAsync(d.Payload, d.Destination).AsTask()).ToList();
        socket.OnSend(SocketError.Success, SocketError.Success, SocketError.NetworkUnreachable, SocketError.Success);
        leave.Set();

        await Task.WhenAll(pump, tasks[0], tasks[2]).WaitAsync(Recorder<int>.Deadline);
        var exception = await Assert.ThrowsAsync<DatagramSendException>(() => tasks[1].WaitAsync(Recorder<int>.Deadline));

        Assert.Equal(SocketError.NetworkUnreachable, exception.SocketError);
        Assert.Equal((3, 5, 1), (transport.GetStatistics().DatagramsSent, transport.GetStatistics().BytesSent, transport.GetStatistics().SendErrors));
    }
}
