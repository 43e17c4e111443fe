using System.Buffers.Binary;
using System.Reactive.Concurrency;
using System.Reactive.Linq;
using System.Text;
using System.Text.Json;
using Microsoft.Reactive.Testing;
using ReactiveLink.Tests.Support;

namespace ReactiveLink.Tests.Links;

/// <summary>The send path of a link: what goes onto the wire, in which order, and what is refused.</summary>
public sealed class UdpLinkSendTests
{
    private readonly TestScheduler _scheduler = new();

    [Fact]
    public async Task A_request_that_its_transport_gives_up_fails_at_once()
    {
        var transport = new FakeTransport(_scheduler, Wire.Remote) { OnSend = _ => throw new OperationCanceledException("by the transport") };
        await using var link = UdpLink.Over(transport);

        var request = link.RequestAsync(MessageType.Command, 1, Timeout.InfiniteTimeSpan);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Deadline.Within(request));
        Assert.Equal((1, 0), (link.GetStatistics().Requests.Failed, link.GetStatistics().Requests.Pending));
    }

    [Fact]
    public async Task A_message_is_a_profile_A_frame_with_the_originals_envelope()
    {
        _scheduler.AdvanceTo(new DateTimeOffset(2026, 1, 1, 0, 0, 0, 500, TimeSpan.Zero).Ticks);
        var transport = new FakeTransport(_scheduler, Wire.Remote);
        await using var link = UdpLink.Over(transport, new LinkOptions { Source = "controller" });

        await link.SendAsync(new { roll = 1.5 }, Priority.High, MessageType.Command, destination: "drone", correlationId: "7");
        await link.SendAsync("text");

        var first = transport.Sent[0].Payload;
        Assert.Equal(BinaryPrimitives.ReadUInt32BigEndian(first), Wire.Crc(first.AsSpan(4)));
        Assert.Equal(0u, BinaryPrimitives.ReadUInt32BigEndian(first.AsSpan(4)));
        Assert.Equal(1u, BinaryPrimitives.ReadUInt32BigEndian(transport.Sent[1].Payload.AsSpan(4)));
        using var envelope = JsonDocument.Parse(first.AsMemory(8));
        var metadata = envelope.RootElement.GetProperty("metadata");
        Assert.Equal(
            ["message_id", "timestamp", "message_type", "priority", "source", "destination", "correlation_id"],
            metadata.EnumerateObject().Select(property => property.Name));
        Assert.Equal(1767225600.5, metadata.GetProperty("timestamp").GetDouble());
        Assert.Equal("command", metadata.GetProperty("message_type").GetString());
        Assert.Equal(3, metadata.GetProperty("priority").GetInt32());
        Assert.Equal("controller", metadata.GetProperty("source").GetString());
        Assert.Equal("drone", metadata.GetProperty("destination").GetString());
        Assert.Equal("7", metadata.GetProperty("correlation_id").GetString());
        Assert.Equal(1.5, envelope.RootElement.GetProperty("data").GetProperty("roll").GetDouble());
        using var second = JsonDocument.Parse(transport.Sent[1].Payload.AsMemory(8));
        Assert.NotEqual(metadata.GetProperty("message_id").GetString(), second.RootElement.GetProperty("metadata").GetProperty("message_id").GetString());
        Assert.Equal("text", second.RootElement.GetProperty("data").GetString());
        Assert.Equal(JsonValueKind.Null, second.RootElement.GetProperty("metadata").GetProperty("destination").ValueKind);
        Assert.Equal(2, link.GetStatistics().MessagesSent);
        Assert.Equal(transport.Sent.Sum(sent => sent.Payload.Length), link.GetStatistics().BytesSent);
        Assert.Equal(2u, link.GetStatistics().NextSequence);
    }

    [Fact]
    public async Task Numbers_begin_where_told_and_wrap()
    {
        var transport = new FakeTransport(_scheduler, Wire.Remote);
        await using var link = UdpLink.Over(transport, new LinkOptions { InitialSequence = uint.MaxValue - 1 });
        Assert.Equal(uint.MaxValue - 1, link.GetStatistics().NextSequence);

        await link.SendAsync(1);
        await link.SendAsync(2);
        await link.SendAsync(3);

        Assert.Equal([uint.MaxValue - 1, uint.MaxValue, 0u], transport.Sent.Select(sent => BinaryPrimitives.ReadUInt32BigEndian(sent.Payload.AsSpan(4))));
        Assert.Equal(1u, link.GetStatistics().NextSequence);
    }

    [Fact]
    public async Task A_timestamp_on_a_whole_second_is_still_a_float()
    {
        _scheduler.AdvanceTo(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).Ticks);
        var transport = new FakeTransport(_scheduler, Wire.Remote);
        await using var link = UdpLink.Over(transport);

        await link.SendAsync(1);

        Assert.Contains("\"timestamp\":1767225600.0,", Encoding.UTF8.GetString(transport.Sent[0].Payload.AsSpan(8)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_one_link_sends_another_receives_in_every_format()
    {
        foreach (var format in new[] { FrameFormat.CrcSequenced, FrameFormat.Sequenced, FrameFormat.SequencedZlib, FrameFormat.CrcOnly, FrameFormat.None })
        {
            foreach (var codec in new IMessageCodec[] { MessageCodecs.Json, MessageCodecs.Text, MessageCodecs.Bytes })
            {
                var options = new LinkOptions { Frame = format, Codec = codec };
                var outgoing = new FakeTransport(_scheduler, Wire.Remote);
                var incoming = new FakeTransport(_scheduler);
                await using var sender = UdpLink.Over(outgoing, options);
                await using var receiver = UdpLink.Over(incoming, options);
                var messages = new List<Message>();
                using var subscription = receiver.Messages.Subscribe(messages.Add);
                var data = codec.DataFormat == DataFormat.Json ? "{\"a\":[1,2,3]}" : "any text";

                for (var i = 0; i < 3; i++)
                {
                    await sender.SendAsync(sender.CreateMetadata(), Encoding.UTF8.GetBytes(data));
                }

                foreach (var (payload, _) in outgoing.Sent)
                {
                    incoming.Inject(payload);
                }

                Assert.Equal(3, messages.Count);
                Assert.All(messages, message => Assert.Equal(data, Encoding.UTF8.GetString(message.Data.Span)));
                Assert.Equal(format.Sequence ? 3 : 0, receiver.GetStatistics().Sequence.InOrder);
            }
        }
    }

    [Fact]
    public async Task An_oversize_message_is_refused_before_anything_is_sent()
    {
        var transport = new FakeTransport(_scheduler, Wire.Remote);
        await using var link = UdpLink.Over(transport);
        var oversize = 0;
        using var subscription = link.Faults.Where(fault => fault.Reason == FaultReason.Oversize).Subscribe(_ => Interlocked.Increment(ref oversize));

        var error = await Assert.ThrowsAsync<DatagramTooLargeException>(async () => await link.SendAsync(new string('x', 70_000)));

        Assert.Equal(65_507, error.Limit);
        Assert.Contains("65507", error.Message, StringComparison.Ordinal);
        Assert.Empty(transport.Sent);
        Assert.Equal(1, link.GetStatistics().CountOf(FaultReason.Oversize));
        await Deadline.Until(() => Volatile.Read(ref oversize) == 1, "the fault is published");
        Assert.Equal(0u, link.GetStatistics().NextSequence);
    }

    [Fact]
    public async Task A_listener_must_be_told_where_to_send()
    {
        var transport = new FakeTransport(_scheduler);
        await using var link = UdpLink.Over(transport);

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await link.SendAsync(1));
        await link.SendAsync(1, to: Wire.OtherRemote);

        Assert.Equal(Wire.OtherRemote, Assert.Single(transport.Sent).To);
    }

    [Fact]
    public async Task A_number_that_was_not_sent_is_not_used_up()
    {
        var transport = new FakeTransport(_scheduler, Wire.Remote);
        await using var link = UdpLink.Over(transport);
        transport.OnSend = _ => throw new DatagramSendException(FaultReason.SocketError, "scripted");

        await Assert.ThrowsAsync<DatagramSendException>(async () => await link.SendAsync(1));
        transport.OnSend = null;
        await link.SendAsync(2);

        Assert.Equal(0u, BinaryPrimitives.ReadUInt32BigEndian(Assert.Single(transport.Sent).Payload.AsSpan(4)));
    }

    [Fact]
    public async Task Under_congestion_higher_priorities_go_first_and_numbers_follow_the_wire()
    {
        var transport = new FakeTransport(DefaultScheduler.Instance, Wire.Remote);
        await using var link = UdpLink.Over(transport);
        using var held = new HeldSend(transport);
        var blocked = await held.StartAsync(() => link.SendAsync("first"));

        Task[] queued =
        [
            link.SendAsync("low", Priority.Low).AsTask(),
            link.SendAsync("normal").AsTask(),
            link.SendAsync("critical", Priority.Critical).AsTask(),
            link.SendAsync("high", Priority.High).AsTask(),
        ];
        Assert.Equal(4, link.GetStatistics().SendQueued);
        held.Release();
        await Deadline.Within(Task.WhenAll([blocked, .. queued]));

        Assert.Equal(
            ["first", "critical", "high", "normal", "low"],
            transport.Sent.Select(sent => JsonDocument.Parse(sent.Payload.AsMemory(8)).RootElement.GetProperty("data").GetString()));
        Assert.Equal([0u, 1, 2, 3, 4], transport.Sent.Select(sent => BinaryPrimitives.ReadUInt32BigEndian(sent.Payload.AsSpan(4))));
    }

    [Fact]
    public async Task A_value_that_the_codec_cannot_carry_is_refused()
    {
        await using var text = UdpLink.Over(new FakeTransport(_scheduler, Wire.Remote), new LinkOptions { Codec = MessageCodecs.Text });
        await using var json = UdpLink.Over(new FakeTransport(_scheduler, Wire.Remote));

        var error = await Assert.ThrowsAsync<ArgumentException>(async () => await text.SendAsync(5));

        Assert.Contains("string", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ArgumentException>(async () => await json.SendAsync(new MessageMetadata(), "{"u8.ToArray()));
    }

    [Fact]
    public async Task After_dispose_sending_says_so()
    {
        var link = UdpLink.Over(new FakeTransport(_scheduler, Wire.Remote));
        await link.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await link.SendAsync(1));
    }

    [Fact]
    public async Task Eight_threads_use_every_number_once_and_the_counters_are_exact()
    {
        var transport = new FakeTransport(DefaultScheduler.Instance, Wire.Remote);
        await using var link = UdpLink.Over(transport, new LinkOptions { SendQueueCapacity = 100_000 });
        const int Each = 2000;

        await Deadline.Within(Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(async () =>
        {
            for (var i = 0; i < Each; i++)
            {
                await link.SendAsync(i, (Priority)(1 + (i % 4)));
            }
        }))));

        Assert.Equal(
            Enumerable.Range(0, 8 * Each).Select(number => (uint)number),
            transport.Sent.Select(sent => BinaryPrimitives.ReadUInt32BigEndian(sent.Payload.AsSpan(4))));
        Assert.Equal(8 * Each, link.GetStatistics().MessagesSent);
        Assert.Equal(transport.Sent.Sum(sent => (long)sent.Payload.Length), link.GetStatistics().BytesSent);
    }
}
