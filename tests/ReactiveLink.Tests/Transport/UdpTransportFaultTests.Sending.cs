using System.Net.Sockets;

namespace ReactiveLink.Tests.Transport;

/// <content>Errors on sending.</content>
public sealed partial class UdpTransportFaultTests
{
    [Fact]
    public void A_pending_ICMP_error_on_sending_is_cleared_by_one_retry()
    {
        var socket = new ScriptedSocket().OnSend(SocketError.ConnectionRefused, SocketError.Success);
        var transport = Start(socket);

        transport.Send([1], ScriptedSocket.Peer);

        Assert.Equal(1, socket.Sent);
        var statistics = transport.GetStatistics();
        Assert.Equal((1, 0, 1), (statistics.DatagramsSent, statistics.SendErrors, statistics.SocketErrors));
        _faults.WaitForOne(f => f.Reason == FaultReason.SocketError, "a socket-error fault");
    }

    [Theory]
    [InlineData(SocketError.NetworkUnreachable)]
    [InlineData(SocketError.MessageSize)]
    [InlineData(SocketError.NoBufferSpaceAvailable)]
    [InlineData(SocketError.OperationAborted)]
    public void A_refused_send_is_an_exception_a_count_and_a_fault(SocketError error)
    {
        var socket = new ScriptedSocket().OnSend(error, SocketError.Success);
        var transport = Start(socket);

        var exception = Assert.Throws<DatagramSendException>(() => transport.Send([1], ScriptedSocket.Peer));
        transport.Send([2], ScriptedSocket.Peer);

        Assert.Equal(error, exception.SocketError);
        Assert.Equal(FaultReason.SocketError, exception.Reason);
        Assert.StartsWith("The datagram to 192.0.2.7:7 was not sent: ", exception.Message, StringComparison.Ordinal);
        Assert.Equal((1, 1), (transport.GetStatistics().DatagramsSent, transport.GetStatistics().SendErrors));
        Assert.Same(exception, _faults.WaitForOne(f => f.Reason == FaultReason.SocketError, "a fault").Exception);
    }

    [Fact]
    public async Task SendAsync_fails_with_the_sockets_error_too()
    {
        var transport = Start(new ScriptedSocket().OnSend(SocketError.NetworkDown));

        var exception = await Assert.ThrowsAsync<DatagramSendException>(() => transport.SendAsync(new byte[1], ScriptedSocket.Peer).AsTask());

        Assert.Equal(SocketError.NetworkDown, exception.SocketError);
        Assert.Equal(1, transport.GetStatistics().SendErrors);
    }

    [Fact]
    public void A_failing_send_calls_no_observer_on_its_own_thread()
    {
        var transport = Start(new ScriptedSocket().OnSend(SocketError.NetworkDown));
        using var called = new ManualResetEventSlim();
        var observerId = 0;
        var senderId = 0;
        transport.Faults.Subscribe(new Recorder<Fault>(_ =>
        {
            observerId = Environment.CurrentManagedThreadId;
            called.Set();
        }));
        var sender = new Thread(() =>
        {
            senderId = Environment.CurrentManagedThreadId;
            Assert.Throws<DatagramSendException>(() => transport.Send([1], ScriptedSocket.Peer));
            called.Wait(Recorder<int>.Deadline);
        });
        sender.Start();

        Assert.True(sender.Join(Recorder<int>.Deadline));
        Assert.True(called.IsSet);
        Assert.NotEqual(senderId, observerId);
    }
}
