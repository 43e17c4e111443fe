using ReactiveLink.Transport;

namespace ReactiveLink.Tests.Transport;

/// <summary>Many threads on one send queue.</summary>
public sealed class PrioritySendQueueThreadTests
{
    private static Task Within(Task task) => task.WaitAsync(Recorder<int>.Deadline);

    [Fact]
    public async Task Eight_threads_with_cancellations_and_evictions_are_counted_exactly()
    {
        const int PerThread = 4000;
        var dispatcher = new CountingDispatcher();
        var queue = new PrioritySendQueue<int>(dispatcher, 8);
        long sent = 0, dropped = 0, cancelled = 0;
        async Task Sender(int seed)
        {
            var random = new Random(seed);
            var pending = new List<Task>();
            for (var i = 0; i < PerThread; i++)
            {
                using var source = new CancellationTokenSource();
                pending.Add(Count(queue.SendAsync(i, (Priority)random.Next(1, 5), random.Next(3) == 0 ? source.Token : default)));
                source.Cancel();
            }

            await Task.WhenAll(pending);
        }

        async Task Count(ValueTask task)
        {
            try
            {
                await task;
                Interlocked.Increment(ref sent);
            }
            catch (DatagramSendException)
            {
                Interlocked.Increment(ref dropped);
            }
            catch (OperationCanceledException)
            {
                Interlocked.Increment(ref cancelled);
            }
        }

        await Within(Task.WhenAll(Enumerable.Range(0, 8).Select(t =>
            Task.Factory.StartNew(() => Sender(t), TaskCreationOptions.LongRunning).Unwrap())));

        Assert.Equal(8 * PerThread, sent + dropped + cancelled);
        Assert.Equal(sent, dispatcher.Dispatched);
        Assert.Equal(0, dispatcher.Overlaps);
        Assert.Equal(dropped, dispatcher.Full);
        Assert.Equal(new SendQueueStatistics(0, dropped, cancelled), queue.GetStatistics());
    }

    [Fact]
    public async Task Dispose_races_with_everything_and_every_task_ends()
    {
        for (var round = 0; round < 200; round++)
        {
            var queue = new PrioritySendQueue<int>(new NullDispatcher<int>(), 4);
            using var source = new CancellationTokenSource();
            var senders = Enumerable.Range(0, 4).Select(t => Task.Run(async () =>
            {
                for (var i = 0; i < 50; i++)
                {
                    try
                    {
                        await queue.SendAsync(i, (Priority)(1 + (i % 4)), source.Token);
                    }
                    catch (Exception exception) when (exception is ObjectDisposedException or DatagramSendException or OperationCanceledException)
                    {
                        // Any of these is a proper end.
                    }
                }
            })).ToList();
            senders.Add(Task.Run(queue.Dispose));
            senders.Add(Task.Run(source.Cancel));

            await Within(Task.WhenAll(senders));
        }
    }

    private sealed class NullDispatcher<T> : ISendDispatcher<T>
    {
        public void Dispatch(in T item)
        {
        }

        public void OnQueueFull(in T item, DatagramSendException error)
        {
        }
    }

    private sealed class CountingDispatcher : ISendDispatcher<int>
    {
        private int _inside;
        private long _full;

        public long Dispatched { get; private set; }

        public int Overlaps { get; private set; }

        public long Full => Interlocked.Read(ref _full);

        public void Dispatch(in int item)
        {
            Overlaps += Interlocked.Increment(ref _inside) == 1 ? 0 : 1;
            Dispatched++;
            Thread.SpinWait(50);
            Interlocked.Decrement(ref _inside);
        }

        public void OnQueueFull(in int item, DatagramSendException error) => Interlocked.Increment(ref _full);
    }
}
