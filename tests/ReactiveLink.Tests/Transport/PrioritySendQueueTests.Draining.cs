namespace ReactiveLink.Tests.Transport;

/// <content>Waiting until everything is sent.</content>
public sealed partial class PrioritySendQueueTests
{
    [Fact]
    public async Task A_drain_ends_when_what_waits_is_sent()
    {
        var queue = Queue();
        Assert.True(queue.DrainAsync().IsCompletedSuccessfully);
        var pump = Congest(queue);
        var waiting = Send(queue, "a", Priority.Low);

        var drained = queue.DrainAsync();
        Assert.False(drained.IsCompleted);
        _wire.Open();
        await Within(drained);

        Assert.Equal("pump a", _wire.Log);
        await Within(Task.WhenAll(pump, waiting));
        Assert.True(queue.DrainAsync().IsCompletedSuccessfully);
    }

    [Fact]
    public async Task A_drain_ends_when_the_queue_is_disposed()
    {
        var queue = Queue();
        var pump = Congest(queue);
        var waiting = Send(queue, "a");
        var drained = queue.DrainAsync();

        queue.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => Within(waiting));
        _wire.Open();

        await Within(Task.WhenAll(pump, drained));
    }
}
