using System.Net;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using System.Text;
using Microsoft.Reactive.Testing;
using ReactiveLink.Transport;

namespace ReactiveLink.Tests.Routing;

/// <summary>Handlers run after OnNext has returned: by then what was lent is overwritten.</summary>
public sealed class HandleLentTests
{
    private static readonly UdpEndpoint Remote = new(IPAddress.Loopback, 7);

    private readonly TestScheduler _scheduler = new();
    private readonly Subject<Datagram> _source = new();
    private readonly List<string> _handled = [];

    /// <summary>A payload that is overwritten as soon as everybody was told, as the transport does it.</summary>
    private void Send(params string[] payloads)
    {
        foreach (var payload in payloads)
        {
            var lent = Encoding.UTF8.GetBytes(payload);
            _source.OnNext(new Datagram(lent, Remote, DateTimeOffset.UnixEpoch, TimeSpan.Zero, isLent: true));
            lent.AsSpan().Fill(ReceiveLoop.Poison);
        }

        Assert.Empty(_handled);
        _scheduler.Start();
    }

    private void Note(ReadOnlyMemory<byte> payload, Datagram datagram)
    {
        Assert.False(datagram.IsLent);
        _handled.Add(Encoding.UTF8.GetString(payload.Span));
    }

    private static Frame FrameOf(Datagram datagram) => new(datagram, datagram.Payload[2..], sequence: 3);

    private static Sequenced<Frame> Numbered(Datagram datagram) => new(FrameOf(datagram), 3, Verdict.InOrder, Peer: null);

    private IObservable<Message> Messages(IMessageCodec codec) => _source.Select(datagram =>
    {
        Assert.True(codec.TryDecode(new Sequenced<Frame>(new Frame(datagram, datagram.Payload, sequence: 3), 3, Verdict.InOrder, Peer: null), out var message, out var error), error);
        return message;
    });

    [Theory]
    [InlineData(OverflowPolicy.DropNewest)]
    [InlineData(OverflowPolicy.DropOldest)]
    [InlineData(OverflowPolicy.LatestPerKey)]
    public void A_lent_datagram_is_copied_whatever_the_queue(OverflowPolicy overflow)
    {
        var options = new HandlerOptions<Datagram>
        {
            Overflow = overflow,
            LatestKey = overflow == OverflowPolicy.LatestPerKey ? datagram => Encoding.UTF8.GetString(datagram.Payload.Span[..1]) : null,
        };
        using var subscription = _source.Handle(datagram => Note(datagram.Payload, datagram), options, scheduler: _scheduler);

        Send("a1", "b2", "c3");

        Assert.Equal(["a1", "b2", "c3"], _handled);
    }

    [Fact]
    public void What_takes_a_waiting_ones_place_is_copied_too()
    {
        var options = new HandlerOptions<Datagram> { Overflow = OverflowPolicy.LatestPerKey, LatestKey = _ => "one" };
        using var subscription = _source.Handle(datagram => Note(datagram.Payload, datagram), options, scheduler: _scheduler);

        Send("first", "second");

        Assert.Equal(["second"], _handled);
    }

    [Fact]
    public void A_lent_frame_is_copied_with_its_datagram()
    {
        using var subscription = _source.Select(FrameOf).Handle(frame => Note(frame.Payload, frame.Datagram), scheduler: _scheduler);

        Send("__one", "__two");

        Assert.Equal(["one", "two"], _handled);
    }

    [Fact]
    public void A_lent_frame_with_a_payload_of_its_own_keeps_it()
    {
        var own = "decompressed"u8.ToArray();
        using var subscription = _source.Select(datagram => new Frame(datagram, own, sequence: null)).Handle(
            frame =>
            {
                Assert.Equal("zipped", Encoding.UTF8.GetString(frame.Datagram.Payload.Span));
                Note(frame.Payload, frame.Datagram);
            },
            scheduler: _scheduler);

        Send("zipped");

        Assert.Equal(["decompressed"], _handled);
    }

    [Fact]
    public void A_lent_frame_in_its_sequence_is_copied_and_its_verdict_kept()
    {
        using var subscription = _source.Select(Numbered).Handle(
            numbered =>
            {
                Assert.Equal((3ul, Verdict.InOrder), (numbered.Sequence, numbered.Verdict));
                Note(numbered.Value.Payload, numbered.Value.Datagram);
            },
            scheduler: _scheduler);

        Send("__one", "__two");

        Assert.Equal(["one", "two"], _handled);
    }

    [Fact]
    public void A_lent_message_is_copied_and_what_was_not_read_yet_can_still_be_read()
    {
        using var subscription = Messages(MessageCodecs.Json).Handle(
            message => Note(
                Encoding.UTF8.GetBytes($"{message.Id} {message.Source} {message.Destination} {message.CorrelationId} {message.DataAs<int>()} {message.DataAsText()}"),
                message.Frame.Datagram),
            scheduler: _scheduler);

        Send("""{"metadata":{"message_id":"m-1","source":"plant \u00e4","destination":"ground","correlation_id":"c-9"},"data": 42}""");

        Assert.Equal(["m-1 plant ä ground c-9 42 42"], _handled);
    }

    [Fact]
    public void A_message_that_was_read_before_it_was_copied_says_the_same_after()
    {
        using var subscription = Messages(MessageCodecs.Json).Do(message => Assert.Equal("m-1 7", $"{message.Id} {message.DataAs<int>()}")).Handle(
            message => Note(Encoding.UTF8.GetBytes($"{message.Id} {message.Source} {message.DataAs<int>()}"), message.Frame.Datagram), scheduler: _scheduler);

        Send("""{"metadata":{"message_id":"m-1","source":"plant"},"data": 7}""");

        Assert.Equal(["m-1 plant 7"], _handled);
    }

    [Fact]
    public void A_typed_message_keeps_its_value_and_copies_its_envelope()
    {
        using var subscription = Messages(MessageCodecs.Json).DataAs<int>().Handle(
            message =>
            {
                Assert.Equal(7, message.Data);
                Note(Encoding.UTF8.GetBytes($"{message.Source} {message.Envelope.Id} {message.Envelope.DataAsText()}"), message.Envelope.Frame.Datagram);
            },
            scheduler: _scheduler);

        Send("""{"metadata":{"message_id":"m-1","source":"plant"},"data": 7}""");

        Assert.Equal(["plant m-1 7"], _handled);
    }

    [Fact]
    public void What_is_not_lent_is_not_copied()
    {
        ReadOnlyMemory<byte> payload = new byte[] { 1, 2 };
        ReadOnlyMemory<byte> seen = default;
        using var subscription = _source.Handle(datagram => seen = datagram.Payload, scheduler: _scheduler);

        _source.OnNext(new Datagram(payload, Remote, DateTimeOffset.UnixEpoch, TimeSpan.Zero));
        _scheduler.Start();

        Assert.True(payload.Equals(seen));
    }
}
