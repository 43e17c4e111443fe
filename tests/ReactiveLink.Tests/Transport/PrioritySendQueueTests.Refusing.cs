namespace ReactiveLink.Tests.Transport;

/// <content>What does not get onto the wire: cancelled, refused, evicted, disposed.</content>
public sealed partial class PrioritySendQueueTests
{
    [Fact]
    public async Task Cancelling_a_queued_item_removes_it()
    {
        var queue = Queue();
        var pump = Congest(queue);
        using var source = new CancellationTokenSource();
        var cancelled = Send(queue, "x", cancel: source.Token);
        var kept = Send(queue, "y");

        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Within(cancelled));
        Assert.True(cancelled.IsCanceled);
        Assert.Equal(new SendQueueStatistics(1, 0, 1), queue.GetStatistics());
        _wire.Open();
        await Within(Task.WhenAll(pump, kept));
        Assert.Equal("pump y", _wire.Log);
    }

    [Fact]
    public async Task A_token_cancelled_after_its_item_was_sent_touches_no_later_item()
    {
        var queue = Queue();
        using var source = new CancellationTokenSource();
        var pump = Congest(queue);
        var first = Send(queue, "first", cancel: source.Token);
        _wire.Open();
        await Within(Task.WhenAll(pump, first));

        // The pooled item behind the first send serves this one.
        pump = Congest(queue);
        var second = Send(queue, "second");
        await source.CancelAsync();
        _wire.Open();

        await Within(Task.WhenAll(pump, second));
        Assert.Equal("pump first pump second", _wire.Log);
        Assert.Equal(0, queue.GetStatistics().Cancelled);
    }

    [Fact]
    public async Task A_token_cancelled_before_sends_nothing()
    {
        var queue = Queue();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Send(queue, "x", cancel: new CancellationToken(canceled: true)));

        Assert.Empty(_wire.Sent);
        Assert.Equal(1, queue.GetStatistics().Cancelled);
    }

    [Fact]
    public async Task Cancelling_what_is_being_sent_is_too_late()
    {
        var queue = Queue();
        using var source = new CancellationTokenSource();
        _wire.Close();
        var sending = Task.Run(() => queue.SendAsync("x", Priority.Normal, source.Token).AsTask());
        Eventually.Signalled(_wire.Inside, "the dispatch");

        await source.CancelAsync();
        _wire.Open();

        await Within(sending);
        Assert.Equal("x", _wire.Log);
        Assert.Equal(0, queue.GetStatistics().Cancelled);
    }

    [Fact]
    public async Task Full_with_nothing_lower_the_newcomer_is_refused()
    {
        var queue = Queue(capacity: 2);
        var pump = Congest(queue);
        var waiting = new[] { Send(queue, "a"), Send(queue, "b", Priority.High) };

        var error = await Assert.ThrowsAsync<DatagramSendException>(() => Within(Send(queue, "c")));

        Assert.Equal(FaultReason.QueueFull, error.Reason);
        Assert.Equal("c", _wire.FullLog);
        Assert.Equal(new SendQueueStatistics(2, 1, 0), queue.GetStatistics());
        _wire.Open();
        await Within(Task.WhenAll([pump, .. waiting]));
        Assert.Equal("pump b a", _wire.Log);
    }

    [Fact]
    public async Task Full_the_newest_of_the_lowest_lower_priority_gives_way()
    {
        var queue = Queue(capacity: 4);
        var pump = Congest(queue);
        var low1 = Send(queue, "l1", Priority.Low);
        var low2 = Send(queue, "l2", Priority.Low);
        var normal = Send(queue, "n");
        var high = Send(queue, "h", Priority.High);

        var critical = Send(queue, "c", Priority.Critical);

        Assert.Equal(FaultReason.QueueFull, (await Assert.ThrowsAsync<DatagramSendException>(() => Within(low2))).Reason);
        Assert.Equal("l2", _wire.FullLog);
        Assert.Equal(new SendQueueStatistics(4, 1, 0), queue.GetStatistics());
        _wire.Open();
        await Within(Task.WhenAll(pump, low1, normal, high, critical));
        Assert.Equal("pump c h n l1", _wire.Log);
    }

    [Fact]
    public async Task A_report_that_throws_changes_no_items_fate()
    {
        var queue = Queue(capacity: 1);
        var pump = Congest(queue);
        _wire.ReportFails = true;
        var low = Send(queue, "l", Priority.Low);

        var refused = Send(queue, "r", Priority.Low);
        var high = Send(queue, "h", Priority.High);

        Assert.Equal(FaultReason.QueueFull, (await Assert.ThrowsAsync<DatagramSendException>(() => Within(refused))).Reason);
        Assert.Equal(FaultReason.QueueFull, (await Assert.ThrowsAsync<DatagramSendException>(() => Within(low))).Reason);
        Assert.Equal(new SendQueueStatistics(1, 2, 0), queue.GetStatistics());
        _wire.Open();
        await Within(Task.WhenAll(pump, high));
        Assert.Equal("pump h", _wire.Log);
    }

    [Fact]
    public async Task Dispose_fails_what_is_queued_and_what_comes_later()
    {
        var queue = Queue();
        var pump = Congest(queue);
        var queued = Send(queue, "x");

        queue.Dispose();
        queue.Dispose();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => Within(queued));
        Assert.Throws<ObjectDisposedException>(() => { _ = Send(queue, "y"); });
        _wire.Open();
        await Within(pump);
        Assert.Equal("pump", _wire.Log);
    }
}
