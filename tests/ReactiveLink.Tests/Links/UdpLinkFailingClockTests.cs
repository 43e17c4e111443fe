using ReactiveLink.Tests.Support;

namespace ReactiveLink.Tests.Links;

/// <summary>A user's clock that throws costs a time stamp: no datagram, no stream, and no process.</summary>
public sealed class UdpLinkFailingClockTests
{
    private readonly FailingClock _clock = new();

    private UdpLink Open(FakeTransport transport) =>
        UdpLink.Over(transport, new LinkOptions { Codec = MessageCodecs.Text, ReceiveCapacity = 1 });

    [Fact]
    public void While_a_subscriber_that_threw_is_reported_the_link_goes_on()
    {
        var transport = new FakeTransport(_clock);
        using var link = Open(transport);
        var good = new List<uint?>();
        using var thrower = link.Frames.Subscribe(_ =>
        {
            _clock.Fails = true;
            throw new InvalidOperationException("subscriber");
        });
        using var other = link.Frames.Subscribe(frame => good.Add(frame.Value.Sequence));

        transport.Inject(Wire.Message(1));
        _clock.Fails = false;
        transport.Inject(Wire.Message(2));

        Assert.Equal([1u, 2u], good);
        Assert.Equal(1, link.GetStatistics().CountOf(FaultReason.SubscriberFailed));
    }

    [Fact]
    public async Task While_a_full_queue_is_reported_the_link_goes_on()
    {
        var transport = new FakeTransport(_clock);
        using var link = Open(transport);
        var seen = 0;
        Assert.Null(await link.ReceiveAsync(TimeSpan.Zero));
        using var messages = link.Messages.Subscribe(_ => _clock.Fails = true);
        using var frames = link.Frames.Subscribe(_ => seen++);

        for (uint i = 0; i < 3; i++)
        {
            transport.Inject(Wire.Message(i));
            _clock.Fails = false;
        }

        Assert.Equal((3, 2), (seen, link.GetStatistics().CountOf(FaultReason.QueueFull)));
    }

    [Fact]
    public void While_a_predicate_that_threw_is_reported_the_link_goes_on()
    {
        var transport = new FakeTransport(_clock);
        using var link = Open(transport);
        var seen = 0;
        using var frames = link.Frames.Subscribe(_ => seen++);
        using var route = link.Handle(
            _ =>
            {
                _clock.Fails = true;
                throw new InvalidOperationException("predicate");
            },
            _ => { });

        for (uint i = 0; i < 2; i++)
        {
            transport.Inject(Wire.Message(i));
            _clock.Fails = false;
        }

        Assert.Equal((2, 2), (seen, link.GetStatistics().CountOf(FaultReason.HandlerFailed)));
    }

    [Fact]
    public async Task What_was_sent_is_counted_and_no_error()
    {
        var transport = new FakeTransport(_clock, Wire.Remote);
        await using var link = Open(transport);
        transport.OnSend = _ => _clock.Fails = true;
        Exception? error = null;
        try
        {
            await link.SendAsync(new MessageMetadata(), new byte[3]);
            await link.SendBatchAsync(new[] { "a", "b" });
        }
        catch (InvalidOperationException exception)
        {
            error = exception;
        }

        _clock.Fails = false;
        Assert.Null(error);
        Assert.Equal((3, 3u), (link.GetStatistics().MessagesSent, link.GetStatistics().NextSequence));
        Assert.Equal(transport.Sent.Sum(sent => sent.Payload.Length), link.GetStatistics().BytesSent);
    }

    [Fact]
    public async Task What_is_too_large_is_still_told_as_such()
    {
        await using var link = Open(new FakeTransport(_clock, Wire.Remote));
        _clock.Fails = true;

        await Assert.ThrowsAsync<DatagramTooLargeException>(() => link.SendAsync(new MessageMetadata(), new byte[70_000]).AsTask());
        await Assert.ThrowsAsync<DatagramTooLargeException>(() => link.SendBatchAsync(new[] { new string('x', 70_000) }).AsTask());

        _clock.Fails = false;
        Assert.Equal(2, link.GetStatistics().CountOf(FaultReason.Oversize));
    }

    [Fact]
    public async Task A_full_send_queue_is_told_as_such()
    {
        var transport = new FakeTransport(_clock, Wire.Remote);
        await using var link = UdpLink.Over(transport, new LinkOptions { Codec = MessageCodecs.Text, SendQueueCapacity = 1 });
        var faults = new TaskCompletionSource<Fault>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var subscription = link.Faults.Subscribe(fault => faults.TrySetResult(fault));
        using var held = new HeldSend(transport);
        var pump = await held.StartAsync(() => link.SendAsync("pump"));
        var waiting = link.SendAsync("waiting").AsTask();
        _clock.Fails = true;

        var error = await Assert.ThrowsAsync<DatagramSendException>(() => link.SendAsync("refused").AsTask());

        Assert.Equal(FaultReason.QueueFull, error.Reason);
        var fault = await Deadline.Within(faults.Task);
        Assert.Equal((FaultReason.QueueFull, DateTimeOffset.UnixEpoch), (fault.Reason, fault.At));
        held.Release();
        await Deadline.Within(Task.WhenAll(pump, waiting));
        Assert.Equal((2, 1), (link.GetStatistics().MessagesSent, link.GetStatistics().CountOf(FaultReason.QueueFull)));
        _clock.Fails = false;
    }

    [Fact]
    public void The_end_of_the_link_is_told_on_every_stream()
    {
        var transport = new FakeTransport(_clock);
        var link = Open(transport);
        var ends = new List<string>();
        link.Frames.Subscribe(_ => { }, () => ends.Add("frames"));
        link.Faults.Subscribe(_ => { }, () => ends.Add("faults"));
        link.Statistics.Subscribe(_ => { }, () => ends.Add("statistics"));
        link.Messages.Subscribe(_ => { }, () => throw new InvalidOperationException("subscriber"));

        _clock.Fails = true;
        link.Dispose();

        Assert.Equal(["faults", "frames", "statistics"], ends.Order());
    }
}
