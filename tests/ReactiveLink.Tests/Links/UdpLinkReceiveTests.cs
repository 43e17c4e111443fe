using System.Reactive.Linq;
using System.Text;
using Microsoft.Reactive.Testing;
using ReactiveLink.Tests.Support;

namespace ReactiveLink.Tests.Links;

/// <summary>The receive path of a link: what becomes of good and bad datagrams, and the account of them.</summary>
public sealed class UdpLinkReceiveTests : IDisposable
{
    private readonly TestScheduler _scheduler = new();
    private readonly FakeTransport _transport;
    private readonly List<Message> _messages = [];
    private readonly List<Fault> _faults = [];
    private UdpLink _link;

    public UdpLinkReceiveTests()
    {
        _transport = new FakeTransport(_scheduler);
        _link = Open(new LinkOptions());
    }

    public void Dispose() => _link.Dispose();

    [Fact]
    public void A_good_datagram_is_delivered_at_every_stage()
    {
        var datagrams = new List<Datagram>();
        var frames = new List<Sequenced<Frame>>();
        _link.Datagrams.Subscribe(datagrams.Add);
        _link.Frames.Subscribe(frames.Add);

        _transport.Inject(Wire.Message(0, data: """{"roll":1.5}"""));

        var message = Assert.Single(_messages);
        Assert.Single(datagrams);
        Assert.Equal(Verdict.InOrder, Assert.Single(frames).Verdict);
        Assert.Equal(MessageType.Data, message.Type);
        Assert.Equal("plant", message.Source);
        Assert.Equal("udp_1", message.Id);
        Assert.Equal(0u, message.Sequence);
        Assert.Equal(Verdict.InOrder, message.Verdict);
        Assert.Equal("""{"roll":1.5}""", Encoding.UTF8.GetString(message.Data.Span));
        Assert.Equal(Wire.Remote, message.Peer);
        Assert.Empty(_faults);
        AssertLedger(received: 1, delivered: 1);
    }

    [Fact]
    public void Every_kind_of_bad_datagram_is_a_fault_and_the_stream_goes_on()
    {
        _transport.Inject(Wire.Message(0));
        _transport.Inject(Wire.Corrupt(Wire.Message(1)));
        _transport.Inject([1, 2, 3]);
        _transport.Inject([]);
        _transport.Inject(Wire.Frame(2, [0x80, 0x04, 0x95]));
        _transport.Inject(Wire.Message(3));

        Assert.Equal(2, _messages.Count);
        Assert.Equal(
            [FaultReason.CrcMismatch, FaultReason.TooShort, FaultReason.TooShort, FaultReason.DecodeFailed],
            _faults.Select(fault => fault.Reason));
        Assert.All(_faults, fault => Assert.Equal(Wire.Remote, fault.Peer));
        AssertLedger(received: 6, delivered: 2, (FaultReason.CrcMismatch, 1), (FaultReason.TooShort, 2), (FaultReason.DecodeFailed, 1));
    }

    [Fact]
    public void Verdicts_come_with_the_messages_and_are_summed_over_peers()
    {
        foreach (var sequence in new uint[] { 0, 1, 4, 4, 2 })
        {
            _transport.Inject(Wire.Message(sequence));
        }

        _transport.Inject(Wire.Message(70_000), Wire.OtherRemote);

        Assert.Equal(
            [Verdict.InOrder, Verdict.InOrder, Verdict.Gap(2), Verdict.Duplicate, Verdict.Late, Verdict.InOrder],
            _messages.Select(message => message.Verdict!.Value));
        var statistics = _link.GetStatistics();
        Assert.Equal(new SequenceStatistics(InOrder: 3, Gaps: 1, Lost: 1, Duplicates: 1, Late: 1, Restarts: 0), statistics.Sequence);
        Assert.Equal(2, statistics.Peers);
        Assert.Equal([Wire.Remote, Wire.OtherRemote], _link.GetPeers().Select(peer => peer.Endpoint).OrderBy(endpoint => endpoint.ToString()));
    }

    [Fact]
    public void A_full_table_of_peers_refuses_a_new_peer_and_keeps_the_known_ones()
    {
        _link.Dispose();
        using var link = Reopen(new LinkOptions { Sequencing = new SequenceOptions { MaximumPeers = 1 } }, out var transport);
        var messages = new List<Message>();
        using var subscription = link.Messages.Subscribe(messages.Add);

        transport.Inject(Wire.Message(0));
        transport.Inject(Wire.Message(1));
        transport.Inject(Wire.Message(2));
        transport.Inject(Wire.Message(0), Wire.OtherRemote);
        transport.Inject(Wire.Message(3));

        Assert.Equal(4, messages.Count);
        Assert.Equal(1, link.GetStatistics().Ledger.Dropped[FaultReason.PeerLimit]);
        Assert.Equal(0, link.GetStatistics().Ledger.Unexplained);
    }

    [Fact]
    public void What_the_transport_dropped_is_in_the_account()
    {
        _transport.Inject(Wire.Message(0));
        _transport.Drop(FaultReason.KernelDrop, 5);
        _transport.Drop(FaultReason.Truncated, 1);

        AssertLedger(received: 7, delivered: 1, (FaultReason.Truncated, 1), (FaultReason.KernelDrop, 5));
        Assert.Equal(5, _link.GetStatistics().CountOf(FaultReason.KernelDrop));
    }

    [Fact]
    public void The_ledger_balances_inside_every_callback()
    {
        var unexplained = new List<long>();
        void Look() => unexplained.Add(_link.GetStatistics().Ledger.Unexplained);
        _link.Datagrams.Subscribe(_ => Look());
        _link.Frames.Subscribe(_ => Look());
        _link.Messages.Subscribe(_ => Look());
        _link.Faults.Subscribe(_ => Look());

        _transport.Inject(Wire.Message(0));
        _transport.Inject([]);
        _transport.Inject(Wire.Corrupt(Wire.Message(1)));
        _transport.Inject(Wire.Message(2));

        Assert.Equal(10, unexplained.Count);
        Assert.All(unexplained, value => Assert.Equal(0, value));
    }

    [Fact]
    public void Envelopes_are_not_decoded_while_nobody_consumes_messages()
    {
        _link.Dispose();
        using var link = Reopen(new LinkOptions(), out var transport);
        var frames = 0;
        using var subscription = link.Frames.Subscribe(_ => frames++);

        transport.Inject(Wire.Frame(0, "not an envelope"u8));

        Assert.Equal(1, frames);
        Assert.Equal(0, link.GetStatistics().MessagesReceived);
        Assert.Equal(1, link.GetStatistics().Ledger.Delivered);
    }

    [Fact]
    public void A_codec_that_throws_costs_its_datagram_only()
    {
        _link.Dispose();
        using var link = Reopen(new LinkOptions { Codec = new ThrowingCodec() }, out var transport);
        var faults = new List<Fault>();
        using var messages = link.Messages.Subscribe(_ => { });
        using var subscription = link.Faults.Subscribe(faults.Add);

        transport.Inject(Wire.Message(0));
        transport.Inject(Wire.Message(1));

        Assert.Equal(2, faults.Count);
        Assert.All(faults, fault => Assert.IsType<NotSupportedException>(fault.Exception));
        Assert.Equal(0, link.GetStatistics().Ledger.Unexplained);
    }

    [Fact]
    public void Formats_without_sequence_have_no_verdict_and_peers_that_count_in_order()
    {
        _link.Dispose();
        using var link = Reopen(new LinkOptions { Frame = FrameFormat.None, Codec = MessageCodecs.Text }, out var transport);
        var messages = new List<Message>();
        using var subscription = link.Messages.Subscribe(messages.Add);

        transport.Inject("hello"u8.ToArray());

        Assert.Null(Assert.Single(messages).Verdict);
        Assert.Null(messages[0].Sequence);
        Assert.Equal("hello", messages[0].DataAsText());
        Assert.Equal(default, link.GetStatistics().Sequence);
        var peer = Assert.Single(link.GetPeers());
        Assert.Equal((Wire.Remote, 1), (peer.Endpoint, peer.Received));
        Assert.Equal(new SequenceStatistics(InOrder: 1, 0, 0, 0, 0, 0), peer.Sequence);
    }

    [Fact]
    public void A_subscriber_that_throws_loses_its_own_subscription_only()
    {
        var calls = 0;
        _link.Messages.Subscribe(_ =>
        {
            calls++;
            throw new InvalidOperationException("mine");
        });
        _link.Frames.Subscribe(_ => throw new InvalidOperationException("frames"));
        _link.Datagrams.Subscribe(_ => throw new InvalidOperationException("datagrams"));

        _transport.Inject(Wire.Message(0));
        _transport.Inject(Wire.Message(1));

        Assert.Equal(1, calls);
        Assert.Equal(2, _messages.Count);
        Assert.Equal(["datagrams", "frames", "mine"], _faults.Select(fault => fault.Exception!.Message).Order(StringComparer.Ordinal));
        Assert.All(_faults, fault => Assert.Equal(FaultReason.SubscriberFailed, fault.Reason));
    }

    [Fact]
    public void Receiving_starts_with_the_first_consumer()
    {
        _link.Dispose();
        using var link = Reopen(new LinkOptions(), out var transport);
        using var state = link.State.Subscribe(_ => { });
        using var faults = link.Faults.Subscribe(_ => { });
        using var statistics = link.Statistics.Subscribe(_ => { });
        Assert.False(transport.Started);

        using var subscription = link.Messages.Subscribe(_ => { });

        Assert.True(transport.Started);
    }

    [Fact]
    public void Without_automatic_start_every_consumer_comes_first()
    {
        _link.Dispose();
        using var link = Reopen(new LinkOptions { AutoStart = false }, out var transport);
        using var subscription = link.Messages.Subscribe(_ => { });
        using var handler = link.Handle(MessageType.Data, _ => { });
        Assert.False(transport.Started);

        link.Start();

        Assert.True(transport.Started);
    }

    [Fact]
    public void Jitter_comes_from_the_envelopes_timestamps()
    {
        // Sent in the same instant by the sender's clock, received 16 ms apart: D = 16 ms, J = D/16 = 1 ms (RFC 3550, 6.4.1).
        _transport.Inject(Wire.Message(0));
        _scheduler.AdvanceBy(TimeSpan.FromMilliseconds(16).Ticks);
        _transport.Inject(Wire.Message(1));

        Assert.Equal(1.0, Assert.Single(_link.GetPeers()).Jitter.TotalMilliseconds, precision: 3);
    }

    [Fact]
    public void Dispose_completes_every_stream_and_nothing_follows()
    {
        var ended = new List<string>();
        _link.Datagrams.Subscribe(_ => ended.Add("late"), () => ended.Add("datagrams"));
        _link.Frames.Subscribe(_ => ended.Add("late"), () => ended.Add("frames"));
        _link.Messages.Subscribe(_ => ended.Add("late"), () => ended.Add("messages"));
        _link.Faults.Subscribe(_ => ended.Add("late"), () => ended.Add("faults"));
        _link.Statistics.Subscribe(_ => { }, () => ended.Add("statistics"));
        _link.State.Subscribe(_ => { }, () => ended.Add("state"));

        _link.Dispose();
        _link.Dispose();
        _transport.Inject(Wire.Message(0));

        Assert.Equal(["datagrams", "faults", "frames", "messages", "state", "statistics"], ended.Order(StringComparer.Ordinal));
        Assert.Equal(ConnectionState.Closed, _link.CurrentState);
        var completed = false;
        _link.Messages.Subscribe(_ => { }, () => completed = true);
        Assert.True(completed);
    }

    [Fact]
    public void A_transport_that_cannot_be_recovered_ends_the_streams_with_its_error()
    {
        Exception? messages = null;
        Exception? faults = null;
        _link.Messages.Subscribe(_ => { }, error => messages = error);
        _link.Faults.Subscribe(_ => { }, error => faults = error);
        var lost = new IOException("gone");

        _transport.Fail(lost);

        Assert.Same(lost, messages);
        Assert.Same(lost, faults);
    }

    private UdpLink Open(LinkOptions options)
    {
        _link = UdpLink.Over(_transport, options);
        _link.Messages.Subscribe(_messages.Add);
        _link.Faults.Subscribe(_faults.Add);
        return _link;
    }

    private UdpLink Reopen(LinkOptions options, out FakeTransport transport)
    {
        transport = new FakeTransport(_scheduler);
        return UdpLink.Over(transport, options);
    }

    private void AssertLedger(long received, long delivered, params (FaultReason Reason, long Count)[] dropped)
    {
        var ledger = _link.GetStatistics().Ledger;
        Assert.Equal(received, ledger.Received);
        Assert.Equal(delivered, ledger.Delivered);
        Assert.Equal(dropped, ledger.Dropped.Select(pair => (pair.Key, pair.Value)));
        Assert.Equal(0, ledger.Unexplained);
    }

    private sealed class ThrowingCodec : IMessageCodec
    {
        public string Name => "throwing";

        public DataFormat DataFormat => DataFormat.Binary;

        public bool TryDecode(in Sequenced<Frame> frame, out Message message, out string error) => throw new NotSupportedException();

        public void Encode(MessageMetadata metadata, ReadOnlySpan<byte> data, System.Buffers.IBufferWriter<byte> output) => throw new NotSupportedException();
    }
}
