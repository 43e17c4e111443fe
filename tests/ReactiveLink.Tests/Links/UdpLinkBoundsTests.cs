using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Reactive.Concurrency;
using System.Security.Cryptography;
using Microsoft.Reactive.Testing;
using ReactiveLink.Tests.Support;

namespace ReactiveLink.Tests.Links;

/// <summary>What a link does at the edges of its options, its waiting calls and its user's code.</summary>
public sealed class UdpLinkBoundsTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task A_refused_timeout_leaves_no_waiter_that_swallows_a_message()
    {
        var transport = new FakeTransport(DefaultScheduler.Instance);
        using var link = UdpLink.Over(transport);
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => { _ = link.ReceiveAsync(TimeSpan.MaxValue); });
        Assert.Contains("Timeout.InfiniteTimeSpan", error.Message, StringComparison.Ordinal);

        var waiting = link.ReceiveAsync(Timeout.InfiniteTimeSpan);
        transport.Inject(Wire.Message(3));

        Assert.Equal(3u, (await Deadline.Within(waiting))!.Sequence);
    }

    [Fact]
    public async Task A_scheduler_that_throws_leaves_no_waiter_that_swallows_a_message()
    {
        var scheduler = new EventLoopScheduler();
        var transport = new FakeTransport(scheduler);
        using var link = UdpLink.Over(transport);
        scheduler.Dispose();
        Assert.Throws<ObjectDisposedException>(() => { _ = link.ReceiveAsync(Second); });

        var waiting = link.ReceiveAsync(Timeout.InfiniteTimeSpan);
        transport.Inject(Wire.Message(3));

        Assert.Equal(3u, (await Deadline.Within(waiting))!.Sequence);
    }

    [Fact]
    public async Task No_more_calls_of_ReceiveAsync_wait_than_the_capacity()
    {
        var transport = new FakeTransport(new TestScheduler());
        using var link = UdpLink.Over(transport, new LinkOptions { ReceiveCapacity = 2 });
        var first = link.ReceiveAsync(Timeout.InfiniteTimeSpan);
        var second = link.ReceiveAsync(Timeout.InfiniteTimeSpan);

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => Deadline.Within(link.ReceiveAsync(Timeout.InfiniteTimeSpan)));

        Assert.Contains("ReceiveCapacity", error.Message, StringComparison.Ordinal);
        transport.Inject(Wire.Message(0));
        transport.Inject(Wire.Message(1));
        Assert.Equal(0u, (await Deadline.Within(first))!.Sequence);
        Assert.Equal(1u, (await Deadline.Within(second))!.Sequence);
    }

    [Fact]
    public void Intervals_that_no_timer_can_keep_are_refused()
    {
        var error = Assert.Throws<ArgumentException>(() => UdpLink.Over(
            new FakeTransport(new TestScheduler()), new LinkOptions { StatisticsInterval = TimeSpan.MaxValue, FaultLogInterval = TimeSpan.MaxValue }));

        Assert.Contains("StatisticsInterval", error.Message, StringComparison.Ordinal);
        Assert.Contains("FaultLogInterval", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_reports_the_errors_of_link_and_transport_together()
    {
        var error = Assert.Throws<ArgumentException>(() => UdpLink.Open(
            "127.0.0.1:0",
            options => options with { SendQueueCapacity = 0, Transport = options.Transport with { MulticastTimeToLive = 256 } }));

        Assert.Contains("SendQueueCapacity", error.Message, StringComparison.Ordinal);
        Assert.Contains("MulticastTimeToLive", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_too_large_for_a_compressed_frame_is_counted_as_oversize()
    {
        var scheduler = new TestScheduler();
        using var link = UdpLink.Over(new FakeTransport(scheduler, Wire.Remote), new LinkOptions { Frame = FrameFormat.SequencedZlib, Codec = MessageCodecs.Bytes });

        await Assert.ThrowsAsync<DatagramTooLargeException>(async () => await link.SendAsync(link.CreateMetadata(), new byte[70_000]));
        await Assert.ThrowsAsync<DatagramTooLargeException>(
            async () => await link.SendAsync(link.CreateMetadata(), RandomNumberGenerator.GetBytes(65_532)));

        Assert.Equal(2, link.GetStatistics().CountOf(FaultReason.Oversize));
        Assert.Equal(0u, link.GetStatistics().NextSequence);
    }

    [Fact]
    public void A_logger_that_throws_does_not_keep_a_link_from_opening()
    {
        var logger = new RecordingLogger { Throws = new InvalidOperationException("disk full") };

        using var link = UdpLink.Over(new FakeTransport(new TestScheduler()), new LinkOptions { LoggerFactory = logger });

        Assert.True(link.GetStatistics().CountOf(FaultReason.SubscriberFailed) > 0);
    }

    [Fact]
    public void A_codec_that_says_yes_and_gives_nothing_is_a_decode_fault()
    {
        var transport = new FakeTransport(new TestScheduler());
        using var link = UdpLink.Over(transport, new LinkOptions { Frame = FrameFormat.None, Codec = new EmptyHandedCodec() });
        var messages = new List<Message>();
        using var subscription = link.Messages.Subscribe(messages.Add);

        transport.Inject([1, 2, 3]);

        var now = link.GetStatistics();
        Assert.Empty(messages);
        Assert.Equal(ImmutableSortedDictionary<FaultReason, long>.Empty.Add(FaultReason.DecodeFailed, 1), now.Ledger.Dropped);
        Assert.Equal(0, now.Ledger.Unexplained);
    }

    [Fact]
    public void Log_lines_left_out_are_counted_in_the_log_when_the_link_fails()
    {
        var transport = new FakeTransport(new TestScheduler(), Wire.Remote);
        var logger = new RecordingLogger();
        var link = UdpLink.Over(transport, new LinkOptions { LoggerFactory = logger });
        transport.Inject([1]);
        transport.Inject([1]);

        transport.Fail(new InvalidOperationException("gone"));

        Assert.Contains(logger.Lines, line => line.Text.Contains("too-short", StringComparison.Ordinal) && line.Text.Contains("(1 more", StringComparison.Ordinal));
        link.Dispose();
    }

    [Fact]
    public async Task Faults_that_a_blocked_observer_misses_are_counted_as_missed()
    {
        var transport = new FakeTransport(new TestScheduler(), Wire.Remote);
        using var link = UdpLink.Over(transport);
        using var release = new ManualResetEventSlim();
        var inside = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var subscription = link.Faults.Subscribe(_ =>
        {
            inside.TrySetResult();
            release.Wait(Deadline.Time);
        });
        var first = Task.Run(() => transport.Inject([1]));
        await Deadline.Within(inside.Task);

        for (var i = 0; i < 1100; i++)
        {
            transport.Inject([1]);
        }

        var now = link.GetStatistics();
        release.Set();
        await Deadline.Within(first);
        Assert.Equal(1101, now.CountOf(FaultReason.TooShort));
        Assert.Equal(1100 - 1024, now.MissedNotifications);
        Assert.Equal(0, link.ResetStatistics().Ledger.Unexplained);
        Assert.Equal(0, link.GetStatistics().MissedNotifications);
    }

    private sealed class EmptyHandedCodec : IMessageCodec
    {
        public string Name => "empty-handed";

        public DataFormat DataFormat => DataFormat.Binary;

        public bool TryDecode(in Sequenced<Frame> frame, [NotNullWhen(true)] out Message? message, [NotNullWhen(false)] out string? error)
        {
            message = null!;
            error = null;
            return true;
        }

        public void Encode(MessageMetadata metadata, ReadOnlySpan<byte> data, System.Buffers.IBufferWriter<byte> output) => throw new NotSupportedException();
    }
}
