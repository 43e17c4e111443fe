using System.Buffers.Binary;
using System.Reactive.Concurrency;
using System.Text;
using System.Text.Json;
using Microsoft.Reactive.Testing;
using ReactiveLink.Tests.Support;

namespace ReactiveLink.Tests.Links;

/// <summary>Many values at once: what goes onto the wire, with which numbers, and what a refusal costs.</summary>
public sealed class UdpLinkSendBatchTests
{
    private readonly TestScheduler _scheduler = new();

    private static uint Number(byte[] frame, int offset = 4) => BinaryPrimitives.ReadUInt32BigEndian(frame.AsSpan(offset));

    private static string Text(byte[] frame) => Encoding.UTF8.GetString(frame.AsSpan(8));

    private UdpLink Open(FakeTransport transport, FrameFormat? format = null, IMessageCodec? codec = null) =>
        UdpLink.Over(transport, new LinkOptions { Frame = format ?? FrameFormat.CrcSequenced, Codec = codec ?? MessageCodecs.Text });

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(64)]
    [InlineData(200)]
    public async Task Each_value_is_a_message_in_the_lists_order(int count)
    {
        var transport = new FakeTransport(_scheduler, Wire.Remote);
        await using var link = Open(transport);
        var values = Enumerable.Range(0, count).Select(i => "v" + i).ToList();

        var sending = link.SendBatchAsync(values);

        Assert.True(sending.IsCompletedSuccessfully);
        await sending;
        Assert.Equal(values, transport.Sent.Select(sent => Text(sent.Payload)));
        Assert.Equal(Enumerable.Range(0, count).Select(i => (uint)i), transport.Sent.Select(sent => Number(sent.Payload)));
        Assert.All(transport.Sent, sent => Assert.Equal(Number(sent.Payload, 0), Wire.Crc(sent.Payload.AsSpan(4))));
        Assert.Equal((count, (uint)count), (link.GetStatistics().MessagesSent, link.GetStatistics().NextSequence));
        Assert.Equal(transport.Sent.Sum(sent => sent.Payload.Length), link.GetStatistics().BytesSent);
    }

    [Fact]
    public async Task With_envelopes_each_has_its_own_id_and_the_callers_metadata()
    {
        var transport = new FakeTransport(_scheduler, Wire.Remote);
        await using var link = Open(transport, codec: MessageCodecs.Json);

        await link.SendBatchAsync(new[] { 1, 2 }, Priority.High, MessageType.Status, Wire.OtherRemote, "ground");

        var metadata = transport.Sent.Select(sent => JsonDocument.Parse(sent.Payload.AsMemory(8)).RootElement.GetProperty("metadata")).ToList();
        Assert.Equal(2, metadata.Select(m => m.GetProperty("message_id").GetString()).Distinct().Count());
        Assert.All(metadata, m => Assert.Equal(
            ("status", 3, "ground"), (m.GetProperty("message_type").GetString(), m.GetProperty("priority").GetInt32(), m.GetProperty("destination").GetString())));
        Assert.All(transport.Sent, sent => Assert.Equal(Wire.OtherRemote, sent.To));
    }

    public static TheoryData<string> Formats => [.. new[] { FrameFormat.CrcSequenced, FrameFormat.Sequenced, FrameFormat.SequencedZlib }.Select(format => format.Name)];

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task A_refused_message_uses_up_no_number_and_the_others_go_on(string name)
    {
        var format = new[] { FrameFormat.CrcSequenced, FrameFormat.Sequenced, FrameFormat.SequencedZlib }.Single(one => one.Name == name);
        var outgoing = new FakeTransport(_scheduler, Wire.Remote);
        var incoming = new FakeTransport(_scheduler);
        await using var link = Open(outgoing, format);
        await using var receiver = Open(incoming, format);
        var received = new List<string>();
        using var subscription = receiver.Messages.Subscribe(message => received.Add(message.DataAsText()));
        var attempts = 0;
        outgoing.OnSend = _ =>
        {
            if (++attempts is 2 or 3 or 100)
            {
                throw new DatagramSendException(FaultReason.SocketError, "refused " + attempts);
            }
        };

        var error = await Assert.ThrowsAsync<DatagramSendException>(async () => await link.SendBatchAsync(Enumerable.Range(0, 130).Select(i => "v" + i).ToList()));

        Assert.Equal("refused 2", error.Message);
        Assert.Equal(127, outgoing.Sent.Count);
        foreach (var (payload, _) in outgoing.Sent)
        {
            incoming.Inject(payload);
        }

        Assert.Equal(Enumerable.Range(0, 130).Where(i => i is not 1 and not 2 and not 99).Select(i => "v" + i), received);
        Assert.Equal((127, 0), (receiver.GetStatistics().Sequence.InOrder, receiver.GetStatistics().Sequence.Lost));
        Assert.Equal((127, 127u), (link.GetStatistics().MessagesSent, link.GetStatistics().NextSequence));
    }

    [Fact]
    public async Task An_oversize_message_is_a_fault_and_the_others_are_sent()
    {
        var transport = new FakeTransport(_scheduler, Wire.Remote);
        await using var link = Open(transport);

        await Assert.ThrowsAsync<DatagramTooLargeException>(async () => await link.SendBatchAsync(new[] { "a", new string('x', 70_000), "b" }));

        Assert.Equal(["a", "b"], transport.Sent.Select(sent => Text(sent.Payload)));
        Assert.Equal([0u, 1u], transport.Sent.Select(sent => Number(sent.Payload)));
        Assert.Equal(1, link.GetStatistics().CountOf(FaultReason.Oversize));
    }

    [Fact]
    public async Task What_cannot_be_sent_at_all_says_so()
    {
        var listener = new FakeTransport(_scheduler);
        var link = Open(listener);

        await Assert.ThrowsAsync<ArgumentNullException>(async () => await link.SendBatchAsync<string>(null!));
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await link.SendBatchAsync(new[] { "a" }));
        await Assert.ThrowsAsync<ArgumentException>(async () => await link.SendBatchAsync(new[] { 1 }, to: Wire.Remote));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await link.SendBatchAsync(new[] { "a" }, (Priority)9, to: Wire.Remote));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await link.SendBatchAsync(new[] { "a" }, to: Wire.Remote, cancellationToken: new CancellationToken(canceled: true)));
        await link.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await link.SendBatchAsync(new[] { "a" }, to: Wire.Remote));
        Assert.Empty(listener.Sent);
    }

    [Fact]
    public async Task While_somebody_sends_a_batch_waits_its_turn_by_priority()
    {
        var transport = new FakeTransport(DefaultScheduler.Instance, Wire.Remote);
        await using var link = Open(transport);
        using var held = new HeldSend(transport);
        var blocked = await held.StartAsync(() => link.SendAsync("first"));

        var batch = link.SendBatchAsync(new[] { "b1", "b2" }).AsTask();
        var urgent = link.SendAsync("urgent", Priority.Critical).AsTask();
        Assert.Equal(3, link.GetStatistics().SendQueued);
        held.Release();
        await Deadline.Within(Task.WhenAll(blocked, batch, urgent));

        Assert.Equal(["first", "urgent", "b1", "b2"], transport.Sent.Select(sent => Text(sent.Payload)));
        Assert.Equal([0u, 1, 2, 3], transport.Sent.Select(sent => Number(sent.Payload)));
    }

    [Fact]
    public async Task A_batch_that_is_taken_back_is_cancelled_though_others_were_refused_before()
    {
        var transport = new FakeTransport(DefaultScheduler.Instance, Wire.Remote);
        await using var link = Open(transport);
        using var cancel = new CancellationTokenSource();
        using var held = new HeldSend(transport);
        var blocked = await held.StartAsync(() => link.SendAsync("first"));

        var batch = link.SendBatchAsync(new[] { new string('x', 70_000), "b" }, cancellationToken: cancel.Token).AsTask();
        await cancel.CancelAsync();
        held.Release();
        await Deadline.Within(blocked);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => batch);
        Assert.True(batch.IsCanceled);
        Assert.Equal(["first"], transport.Sent.Select(sent => Text(sent.Payload)));
    }

    [Fact]
    public async Task Batches_and_single_messages_of_many_threads_use_every_number_once_in_wire_order()
    {
        await using var receiver = UdpLink.Open("127.0.0.1:0", options => options with { Codec = MessageCodecs.Bytes });
        await using var link = UdpLink.Connect(receiver.LocalEndpoint.ToString(), options => options with { Codec = MessageCodecs.Bytes });
        var received = new SemaphoreSlim(0);
        using var subscription = receiver.Messages.Subscribe(_ => received.Release());
        const int Rounds = 20;

        await Deadline.Within(Task.WhenAll(Enumerable.Range(0, 4).Select(worker => Task.Run(async () =>
        {
            for (var i = 0; i < Rounds; i++)
            {
                await link.SendBatchAsync(Enumerable.Repeat(new byte[10 + worker], 25).ToList(), (Priority)(1 + worker));
                await link.SendAsync(new byte[40]);
            }
        }))));
        for (var i = 0; i < 4 * Rounds * 26; i++)
        {
            Assert.True(await received.WaitAsync(Deadline.Time));
        }

        var sequence = receiver.GetStatistics().Sequence;
        Assert.Equal((4 * Rounds * 26, 0, 0, 0), (sequence.InOrder, sequence.Lost, sequence.Duplicates, sequence.Late));
        Assert.Equal((uint)(4 * Rounds * 26), link.GetStatistics().NextSequence);
    }

    [Fact]
    public async Task Envelopes_cost_no_allocation_each()
    {
        await using var receiver = UdpLink.Open("127.0.0.1:0", options => options with { AutoStart = false });
        await using var link = UdpLink.Connect(receiver.LocalEndpoint.ToString());
        int[] values = [.. Enumerable.Range(0, 64)];
        long before = 0;
        for (var i = 0; i < 400; i++)
        {
            before = i == 200 ? GC.GetAllocatedBytesForCurrentThread() : before;
            Assert.True(link.SendBatchAsync(values).IsCompletedSuccessfully);
            Assert.True(link.SendAsync(i).IsCompletedSuccessfully);
        }

        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 200.0, 0, 300);
    }

    [Fact]
    public async Task Bytes_cost_no_allocation_each()
    {
        await using var receiver = UdpLink.Open("127.0.0.1:0", options => options with { AutoStart = false });
        await using var link = UdpLink.Connect(receiver.LocalEndpoint.ToString(), options => options with { Codec = MessageCodecs.Bytes });
        ReadOnlyMemory<byte>[] values = [.. Enumerable.Range(0, 64).Select(_ => (ReadOnlyMemory<byte>)new byte[56])];
        long before = 0;
        for (var i = 0; i < 400; i++)
        {
            before = i == 200 ? GC.GetAllocatedBytesForCurrentThread() : before;
            Assert.True(link.SendBatchAsync(values).IsCompletedSuccessfully);
            Assert.True(link.SendAsync(values[0]).IsCompletedSuccessfully);
        }

        // Unoptimized code has an object for the method's state, once a batch.
        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 200.0, 0, 200);
    }
}
