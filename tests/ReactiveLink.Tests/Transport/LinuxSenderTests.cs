using System.Net;
using System.Net.Sockets;
using ReactiveLink.Tests.Support;
using ReactiveLink.Transport;

namespace ReactiveLink.Tests.Transport;

/// <summary>What is made of a batch and of every answer of the system, with a system call that answers as told.</summary>
public sealed unsafe class LinuxSenderTests : IDisposable
{
    private const int InvalidArgument = 22;
    private const int MessageSize = 90;

    private static readonly UdpEndpoint Left = new(IPAddress.Parse("192.0.2.1"), 1001);
    private static readonly UdpEndpoint Right = new(IPAddress.Parse("192.0.2.2"), 1002);

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly List<Message> _taken = [];
    private readonly List<int> _calls = [];
    private readonly Queue<Func<Message, int>> _answers = new();
    private int _atOnce = int.MaxValue;

    public LinuxSenderTests() => _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));

    public void Dispose() => _socket.Dispose();

    private static OutgoingDatagram To(UdpEndpoint? destination, int size, byte fill = 1) =>
        new(Enumerable.Repeat(fill, size).ToArray(), destination);

    private LinuxSender Sender(bool segments = true, UdpEndpoint? connected = null) =>
        new(_socket.SafeHandle, new PortableUdpSocket(_socket, connected, new UdpTransportOptions()), segments, Answer);

    /// <summary>Every message that is asked for meets the next errno; 0, and what no answer is left for, is taken.</summary>
    private LinuxSenderTests Refusing(params int[] errnos)
    {
        foreach (var errno in errnos)
        {
            _answers.Enqueue(_ => errno);
        }

        return this;
    }

    private int Answer(LinuxNative.MultiMessageHeader* messages, int count, out int errno)
    {
        _calls.Add(count);
        for (var i = 0; i < count; i++)
        {
            var message = Message.Of(messages[i]);
            errno = i == _atOnce ? -1 : _answers.TryDequeue(out var answer) ? answer(message) : 0;
            if (errno != 0)
            {
                // As the system: an error is told only if nothing went before it; it comes again for the next call.
                if (i > 0 && errno > 0)
                {
                    var again = errno;
                    Queue<Func<Message, int>> rest = new(_answers);
                    _answers.Clear();
                    _answers.Enqueue(_ => again);
                    foreach (var next in rest)
                    {
                        _answers.Enqueue(next);
                    }
                }

                return i > 0 ? i : -1;
            }

            _taken.Add(message);
        }

        errno = 0;
        return count;
    }

    [Fact]
    public void A_run_of_one_size_is_one_message_and_its_last_may_be_shorter()
    {
        var sent = Sender().Send([To(Left, 64, 1), To(Left, 64, 2), To(Left, 10, 3), To(Left, 64, 4)], null, out var error);

        Assert.Equal((4, null), (sent, error));
        Assert.Equal([new Message(1001, 138, 64), new Message(1001, 64, 0)], _taken);
        Assert.Equal([.. Enumerable.Repeat((byte)1, 64), .. Enumerable.Repeat((byte)2, 64), .. Enumerable.Repeat((byte)3, 10)], _taken[0].Bytes);
        Assert.Equal([2], _calls);
    }

    [Fact]
    public void A_larger_one_another_destination_and_an_empty_one_begin_messages_of_their_own()
    {
        Sender().Send(
            [To(Left, 10), To(Left, 11), To(Right, 11), To(Right, 0), To(Right, 0), To(new UdpEndpoint(Right.Address, 1002), 5), To(Right, 5)], null, out _);

        Assert.Equal(
            [
                new Message(1001, 10, 0), new Message(1001, 11, 0), new Message(1002, 11, 0), new Message(1002, 0, 0), new Message(1002, 0, 0),
                new Message(1002, 10, 5),
            ],
            _taken);
    }

    [Fact]
    public void A_message_has_at_most_64_segments_and_65507_bytes()
    {
        var small = Enumerable.Repeat(To(Left, 8), 130).ToArray();
        var large = Enumerable.Repeat(To(Left, 8000), 9).ToArray();

        Assert.Equal(130, Sender().Send(small, null, out _));
        Assert.Equal(9, Sender().Send(large, null, out _));

        Assert.Equal(
            [new Message(1001, 512, 8), new Message(1001, 512, 8), new Message(1001, 16, 8), new Message(1001, 64_000, 8000), new Message(1001, 8000, 0)], _taken);
    }

    [Fact]
    public void Without_segments_each_is_a_message_and_64_are_a_call()
    {
        var sent = Sender(segments: false).Send(Enumerable.Repeat(To(Left, 8), 100).ToArray(), null, out _);

        Assert.Equal(100, sent);
        Assert.Equal([64, 36], _calls);
        Assert.Equal(Enumerable.Repeat(new Message(1001, 8, 0), 100), _taken);
    }

    [Fact]
    public void What_the_socket_is_connected_to_needs_no_name()
    {
        Sender(connected: Left).Send([To(null, 4), To(new UdpEndpoint(Left.Address, Left.Port), 4), To(Right, 4)], Left, out _);

        Assert.Equal([new Message(0, 8, 4), new Message(1002, 4, 0)], _taken);
    }

    [Fact]
    public void A_partly_taken_batch_goes_on()
    {
        _atOnce = 3;

        var sent = Sender(segments: false).Send([.. Enumerable.Range(0, 10).Select(i => To(Left, 8, (byte)i))], null, out var error);

        Assert.Equal((10, null), (sent, error));
        Assert.Equal([10, 7, 4, 1], _calls);
        Assert.Equal(Enumerable.Range(0, 10), _taken.Select(m => (int)m.Bytes[0]));
    }

    [Theory]
    [InlineData(111, SocketError.ConnectionRefused)]
    [InlineData(11, SocketError.WouldBlock)]
    [InlineData(MessageSize, SocketError.MessageSize)]
    [InlineData(105, SocketError.NoBufferSpaceAvailable)]
    [InlineData(1, SocketError.AccessDenied)]
    [InlineData(101, SocketError.NetworkUnreachable)]
    [InlineData(InvalidArgument, SocketError.InvalidArgument)]
    [InlineData(9, SocketError.OperationAborted)]
    public void A_refused_datagram_ends_the_call_with_its_error_and_nothing_after_it_is_sent(int errno, SocketError expected)
    {
        Refusing(0, 0, errno);

        var sent = Sender(segments: false).Send(Enumerable.Repeat(To(Left, 8), 5).ToArray(), null, out var error);

        Assert.Equal((2, expected), (sent, error!.SocketErrorCode));
        Assert.Equal(2, _taken.Count);
    }

    [Fact]
    public void An_interrupted_call_is_made_again()
    {
        Refusing(4, 4);

        Assert.Equal(3, Sender().Send(Enumerable.Repeat(To(Left, 8), 3).ToArray(), null, out var error));
        Assert.Null(error);
    }

    [Theory]
    [InlineData(InvalidArgument)]
    [InlineData(MessageSize)]
    public void Segments_too_large_for_the_path_go_one_by_one_and_smaller_ones_are_still_segments(int errno)
    {
        Refusing(errno);
        var sender = Sender();
        var large = Enumerable.Repeat(To(Left, 1400), 3).ToArray();

        Assert.Equal(3, sender.Send(large, null, out var error));
        Assert.Null(error);
        Assert.Equal(Enumerable.Repeat(new Message(1001, 1400, 0), 3), _taken);
        _taken.Clear();
        sender.Send([.. large, To(Right, 1399), To(Right, 1399)], null, out _);

        Assert.Equal([.. Enumerable.Repeat(new Message(1001, 1400, 0), 3), new Message(1002, 2798, 1399)], _taken);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(38)]
    [InlineData(95)]
    public void A_system_that_cannot_segment_is_not_asked_again(int errno)
    {
        Refusing(errno);
        var sender = Sender();

        Assert.Equal(2, sender.Send([To(Left, 8), To(Left, 8)], null, out _));

        Assert.Equal(Enumerable.Repeat(new Message(1001, 8, 0), 2), _taken);
        Assert.Equal(0, sender.LargestSegment);
    }

    [Fact]
    public void An_error_that_a_single_datagram_has_too_says_nothing_of_segments()
    {
        Refusing(InvalidArgument, InvalidArgument);
        var sender = Sender();

        var sent = sender.Send([To(Left, 8), To(Left, 8)], null, out var error);

        Assert.Equal((0, SocketError.InvalidArgument), (sent, error!.SocketErrorCode));
        Assert.Equal(LinuxSendBuffers.LargestCopied, sender.LargestSegment);
    }

    [Fact]
    public void In_a_refused_run_each_datagram_has_its_own_answer()
    {
        Refusing(1, 0, 1);

        var sent = Sender().Send(Enumerable.Repeat(To(Left, 8), 4).ToArray(), null, out var error);

        Assert.Equal((1, SocketError.AccessDenied), (sent, error!.SocketErrorCode));
        Assert.Equal([new Message(1001, 8, 0)], _taken);
    }

    [Theory]
    [InlineData(111, SocketError.ConnectionRefused)]
    [InlineData(113, SocketError.HostUnreachable)]
    [InlineData(92, SocketError.ProtocolOption)]
    public void An_ICMP_error_about_an_earlier_datagram_is_told_and_the_run_stays_one(int errno, SocketError expected)
    {
        Refusing(errno);
        var sender = Sender();
        var batch = Enumerable.Repeat(To(Left, 8), 4).ToArray();

        Assert.Equal(0, sender.Send(batch, null, out var error));
        Assert.Equal(expected, error!.SocketErrorCode);
        Assert.Equal(LinuxSendBuffers.LargestCopied, sender.LargestSegment);
        Assert.Equal(4, sender.Send(batch, null, out _));

        Assert.Equal([new Message(1001, 32, 8)], _taken);
    }

    [Fact]
    public void An_endpoint_that_the_socket_cannot_reach_is_refused_in_its_place()
    {
        var six = new UdpEndpoint(IPAddress.IPv6Loopback, 9);

        Assert.Equal(2, Sender().Send([To(Left, 8), To(Left, 8), To(six, 8), To(Left, 8)], null, out var error));

        Assert.Equal(SocketError.AddressFamilyNotSupported, error!.SocketErrorCode);
        Assert.Equal([new Message(1001, 16, 8)], _taken);
    }

    [Fact]
    public void Without_the_system_call_the_portable_way_sends()
    {
        Refusing(38);
        var sender = Sender(segments: false);
        var own = UdpEndpoint.From((IPEndPoint)_socket.LocalEndPoint!);

        Assert.Equal(3, sender.Send([To(own, 8, 1), To(own, 9, 2), To(own, 9000, 3)], null, out var error));
        Assert.Equal(1, sender.Send([To(own, 8, 4)], null, out _));

        Assert.Null(error);
        Assert.Empty(_taken);
        Assert.Single(_calls);
        Assert.Equal([(8, 1), (9, 2), (9000, 3), (8, 4)], Received(4));
    }

    [Fact]
    public void Large_datagrams_are_not_copied_and_keep_their_place()
    {
        var own = UdpEndpoint.From((IPEndPoint)_socket.LocalEndPoint!);
        var order = new List<int>();
        _answers.Enqueue(m => { order.Add(m.Length); return 0; });
        _answers.Enqueue(m => { order.Add(Received(1)[0].Length); order.Add(m.Length); return 0; });

        Assert.Equal(3, Sender().Send([To(own, 10), To(own, 20_000), To(own, 11)], null, out _));

        Assert.Equal([10, 20_000, 11], order);
    }

    [Fact]
    public void After_the_first_batch_nothing_is_allocated()
    {
        var sender = new LinuxSender(_socket.SafeHandle, new PortableUdpSocket(_socket, null, new UdpTransportOptions()), segments: true, Accept);
        var batch = Enumerable.Repeat(To(Left, 64), 64).ToArray();
        for (var i = 0; i < 100; i++)
        {
            sender.Send(batch, null, out _);
        }

        Assert.Equal(0, Allocated.By(() =>
        {
            for (var i = 0; i < 100; i++)
            {
                sender.Send(batch, null, out _);
            }
        }));

        static int Accept(LinuxNative.MultiMessageHeader* messages, int count, out int errno)
        {
            errno = 0;
            return count;
        }
    }

    private List<(int Length, int First)> Received(int count)
    {
        var buffer = new byte[65536];
        _socket.ReceiveTimeout = (int)Recorder<int>.Deadline.TotalMilliseconds;
        return [.. Enumerable.Range(0, count).Select(_ => (_socket.Receive(buffer), (int)buffer[0]))];
    }

    /// <summary>A message as the system would see it: port (0 for none named), bytes, the size of its segments (0 for a plain one).</summary>
    private sealed record Message(int Port, int Length, int Segment)
    {
        public byte[] Bytes { get; private init; } = [];

        public static Message Of(in LinuxNative.MultiMessageHeader message)
        {
            var name = new ReadOnlySpan<byte>(message.Header.Name, (int)message.Header.NameLength);
            var control = (LinuxNative.SegmentControl*)message.Header.Control;
            Assert.Equal((nuint)1, message.Header.VectorCount);
            Assert.True(control is null ? message.Header.ControlLength == 0 : message.Header.ControlLength == 24 && control->Length == 18);
            Assert.True(control is null || (control->Level == 17 && control->Type == 103));
            return new Message(
                name.IsEmpty ? 0 : (name[2] << 8) | name[3], (int)message.Header.Vectors->Length, control is null ? 0 : control->Size)
            {
                Bytes = new ReadOnlySpan<byte>(message.Header.Vectors->Base, (int)message.Header.Vectors->Length).ToArray(),
            };
        }

        public bool Equals(Message? other) => other is not null && (Port, Length, Segment) == (other.Port, other.Length, other.Segment);

        public override int GetHashCode() => HashCode.Combine(Port, Length, Segment);
    }
}
