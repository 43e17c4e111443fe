using System.Collections.Concurrent;
using ReactiveLink.Transport;

namespace ReactiveLink.Tests.Transport;

/// <content>Batches: of what waits, and of what a caller gives at once.</content>
public sealed partial class PrioritySendQueueTests
{
    [Fact]
    public async Task What_waits_goes_in_one_batch_in_order_of_priority()
    {
        var wire = new BatchingDispatcher();
        using var queue = new PrioritySendQueue<string>(wire, 1024);
        var pump = wire.Congest(queue);
        Task[] tasks = [Send(queue, "l", Priority.Low), Send(queue, "n1"), Send(queue, "n2"), Send(queue, "c", Priority.Critical)];

        wire.Gate.Set();
        await Within(Task.WhenAll([pump, .. tasks]));

        Assert.Equal(["pump", "c n1 n2 l"], wire.Batches);
        Assert.Equal(default, queue.GetStatistics());
    }

    [Fact]
    public async Task A_refused_item_of_a_batch_fails_alone()
    {
        var wire = new BatchingDispatcher();
        using var queue = new PrioritySendQueue<string>(wire, 1024);
        var pump = wire.Congest(queue);
        var good = Send(queue, "good");
        var bad = Send(queue, "throw");
        var after = Send(queue, "after");

        wire.Gate.Set();

        await Within(Task.WhenAll(pump, good, after));
        Assert.Equal("throw", (await Assert.ThrowsAsync<InvalidOperationException>(() => Within(bad))).Message);
    }

    [Fact]
    public async Task A_batch_that_fails_as_a_whole_fails_every_item_and_the_queue_goes_on()
    {
        var wire = new BatchingDispatcher();
        using var queue = new PrioritySendQueue<string>(wire, 1024);
        var pump = wire.Congest(queue);
        Task[] tasks = [Send(queue, "defect"), Send(queue, "x")];

        wire.Gate.Set();

        foreach (var task in tasks)
        {
            await Assert.ThrowsAsync<NotSupportedException>(() => Within(task));
        }

        await Within(pump);
        await Send(queue, "after");
        Assert.Equal("after", wire.Batches.Last());
    }

    [Fact]
    public async Task More_than_a_batch_waits_for_the_next_one()
    {
        var wire = new BatchingDispatcher();
        using var queue = new PrioritySendQueue<string>(wire, 1024);
        var pump = wire.Congest(queue);
        var tasks = Enumerable.Range(0, 100).Select(_ => Send(queue, "x")).ToList();

        wire.Gate.Set();
        await Within(Task.WhenAll([pump, .. tasks]));

        Assert.Equal([1, 64, 36], wire.Batches.Select(batch => batch.Split(' ').Length));
    }

    [Fact]
    public async Task A_callers_batch_goes_inline_or_not_at_all()
    {
        var wire = new BatchingDispatcher();
        using var queue = new PrioritySendQueue<string>(wire, 1024);
        var failures = new Exception?[3];

        Assert.True(queue.TrySendInline(["a", "throw", "b"], failures, Priority.Normal));
        Assert.Equal([null, "throw", null], failures.Select(failure => failure?.Message));
        var pump = wire.Congest(queue);
        Assert.False(queue.TrySendInline(["c"], new Exception?[1], Priority.Normal));
        wire.Gate.Set();
        await Within(pump);

        Assert.Equal(["a throw b", "pump"], wire.Batches);
        Assert.Throws<ArgumentOutOfRangeException>(() => queue.TrySendInline(["c"], new Exception?[1], (Priority)9));
        queue.Dispose();
        Assert.Throws<ObjectDisposedException>(() => queue.TrySendInline(["c"], new Exception?[1], Priority.Normal));
    }

    private sealed class BatchingDispatcher : ISendDispatcher<string>
    {
        private readonly ManualResetEventSlim _inside = new();

        public ManualResetEventSlim Gate { get; } = new(initialState: true);

        public ConcurrentQueue<string> Batches { get; } = new();

        public Task Congest(PrioritySendQueue<string> queue)
        {
            Gate.Reset();
            _inside.Reset();
            var pump = Task.Factory.StartNew(() => queue.SendAsync("pump", Priority.Normal, default).AsTask(), TaskCreationOptions.LongRunning).Unwrap();
            Assert.True(_inside.Wait(Recorder<int>.Deadline));
            return pump;
        }

        public void Dispatch(in string item)
        {
            Batches.Enqueue(item);
            _inside.Set();
            Assert.True(Gate.Wait(Recorder<int>.Deadline));
        }

        public void Dispatch(ReadOnlySpan<string> items, Span<Exception?> failures)
        {
            Batches.Enqueue(string.Join(' ', items.ToArray()));
            for (var i = 0; i < items.Length; i++)
            {
                failures[i] = items[i] == "throw" ? new InvalidOperationException(items[i]) : null;
            }

            if (items[0] == "defect")
            {
                throw new NotSupportedException();
            }
        }

        public void OnQueueFull(in string item, DatagramSendException error)
        {
        }
    }
}
