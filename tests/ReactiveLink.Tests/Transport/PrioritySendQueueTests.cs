using System.Collections.Concurrent;
using ReactiveLink.Tests.Support;
using ReactiveLink.Transport;

namespace ReactiveLink.Tests.Transport;

public sealed partial class PrioritySendQueueTests : IDisposable
{
    private readonly GatedDispatcher _wire = new();
    private PrioritySendQueue<string>? _queue;

    public void Dispose()
    {
        _wire.Open();
        _queue?.Dispose();
    }

    private PrioritySendQueue<string> Queue(int capacity = 1024) => _queue = new PrioritySendQueue<string>(_wire, capacity);

    /// <summary>A send whose dispatch blocks, so that everything sent after it is queued.</summary>
    private Task Congest(PrioritySendQueue<string> queue)
    {
        _wire.Close();
        var pump = Task.Factory.StartNew(() => queue.SendAsync("pump", Priority.Normal, default).AsTask(), TaskCreationOptions.LongRunning).Unwrap();
        Eventually.Signalled(_wire.Inside, "the pump dispatches");
        return pump;
    }

    private static Task Send(PrioritySendQueue<string> queue, string item, Priority priority = Priority.Normal, CancellationToken cancel = default) =>
        queue.SendAsync(item, priority, cancel).AsTask();

    private static Task Within(Task task) => task.WaitAsync(Recorder<int>.Deadline);

    [Fact]
    public async Task ArgumentChecking()
    {
        var queue = Queue();

        Assert.Throws<ArgumentOutOfRangeException>(() => { _ = Send(queue, "x", (Priority)(-1)); });
        Assert.Throws<ArgumentOutOfRangeException>(() => { _ = Send(queue, "x", (Priority)5); });
        await Send(queue, "x");
    }

    [Fact]
    public void Uncontended_it_sends_inline_on_the_callers_thread()
    {
        var queue = Queue();

        var task = queue.SendAsync("a", Priority.Low, default);

        Assert.True(task.IsCompletedSuccessfully);
        Assert.Equal("a", _wire.Log);
        Assert.Equal(Environment.CurrentManagedThreadId, _wire.LastThread);
    }

    [Fact]
    public void The_inline_path_allocates_nothing()
    {
        var queue = new PrioritySendQueue<int>(new NullDispatcher<int>(), 16);
        using var source = new CancellationTokenSource();
        for (var i = 0; i < 1000; i++)
        {
            _ = queue.SendAsync(i, Priority.High, source.Token).IsCompleted;
        }

        var completed = 0;
        var allocated = Allocated.By(() =>
        {
            completed = 0;
            for (var i = 0; i < 10_000; i++)
            {
                completed += queue.SendAsync(i, Priority.High, source.Token).IsCompletedSuccessfully ? 1 : 0;
            }
        });

        Assert.Equal(10_000, completed);
        Assert.Equal(0, allocated);
    }

    [Fact]
    public async Task Under_congestion_higher_priorities_go_first_and_equal_ones_in_order()
    {
        var queue = Queue();
        var pump = Congest(queue);
        var tasks = new[]
        {
            Send(queue, "l1", Priority.Low), Send(queue, "n1"), Send(queue, "h1", Priority.High), Send(queue, "c1", Priority.Critical),
            Send(queue, "l2", Priority.Low), Send(queue, "n2"), Send(queue, "h2", Priority.High), Send(queue, "c2", Priority.Critical),
        };
        Assert.Equal(8, queue.GetStatistics().Queued);

        _wire.Open();
        await Within(Task.WhenAll([pump, .. tasks]));

        Assert.Equal("pump c1 c2 h1 h2 n1 n2 l1 l2", _wire.Log);
        Assert.Equal(default, queue.GetStatistics());
    }

    [Fact]
    public async Task No_priority_starves()
    {
        var queue = Queue();
        var pump = Congest(queue);
        var tasks = new List<Task> { pump };
        foreach (var (name, priority) in new[] { ("l", Priority.Low), ("n", Priority.Normal), ("h", Priority.High) })
        {
            tasks.Add(Send(queue, name, priority));
            tasks.Add(Send(queue, name, priority));
        }

        for (var i = 0; i < 60; i++)
        {
            tasks.Add(Send(queue, "c", Priority.Critical));
        }

        _wire.Open();
        await Within(Task.WhenAll(tasks));

        // 16 critical ones, then one of each level that was passed over; and again.
        var order = string.Concat(_wire.Sent.Skip(1));
        Assert.Equal(new string('c', 16) + "lnh" + order[19..], order);
        Assert.InRange(order.LastIndexOf('l'), 19, 19 + 16 + 3);
        Assert.InRange(order.LastIndexOf('n'), 19, 19 + 16 + 3);
        Assert.InRange(order.LastIndexOf('h'), 19, 19 + 16 + 3);
    }

    [Fact]
    public async Task A_dispatcher_that_throws_fails_its_item_alone()
    {
        var queue = Queue();
        var pump = Congest(queue);
        var bad = Send(queue, "throw");
        var good = Send(queue, "good");

        _wire.Open();

        Assert.Equal("throw", (await Assert.ThrowsAsync<InvalidOperationException>(() => Within(bad))).Message);
        await Within(Task.WhenAll(pump, good));
        Assert.Equal("throw", (await Assert.ThrowsAsync<InvalidOperationException>(() => Send(queue, "throw"))).Message);
        await Send(queue, "after");
        Assert.Equal("pump good after", _wire.Log);
    }

    [Fact]
    public async Task After_its_budget_the_pump_is_relieved_by_the_thread_pool()
    {
        var queue = Queue();
        _wire.Close();
        var pumpReturned = new TaskCompletionSource();
        var pumpThread = 0;
        var pump = new Thread(() =>
        {
            pumpThread = Environment.CurrentManagedThreadId;
            _ = queue.SendAsync("pump", Priority.Normal, default);
            pumpReturned.SetResult();
        });
        pump.Start();
        Eventually.Signalled(_wire.Inside, "the pump dispatches");
        var tasks = Enumerable.Range(0, 200).Select(i => Send(queue, "x" + i)).ToList();

        _wire.Open();
        await Within(Task.WhenAll([pumpReturned.Task, .. tasks]));

        Assert.Equal(1 + PrioritySendQueue<string>.PumpBudget, _wire.Threads.Count(t => t == pumpThread));
        Assert.Equal("pump " + string.Join(' ', Enumerable.Range(0, 200).Select(i => "x" + i)), _wire.Log);
    }

    [Fact]
    public async Task Continuations_do_not_run_on_the_pump()
    {
        var queue = Queue();
        var pump = Congest(queue);
        using var release = new ManualResetEventSlim();

        // On the pool: a test's synchronization context would take the continuation away from the pump by itself.
        var blocked = Task.Run(async () =>
        {
            await queue.SendAsync("first", Priority.High, default);
            release.Wait(Recorder<int>.Deadline * 2);
        });
        Eventually.True(() => queue.GetStatistics().Queued == 1, "the first is queued");
        var second = Send(queue, "second");

        _wire.Open();

        await Within(Task.WhenAll(pump, second));
        release.Set();
        await Within(blocked);
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

    /// <summary>A wire that can be held up.</summary>
    private sealed class GatedDispatcher : ISendDispatcher<string>
    {
        private readonly ManualResetEventSlim _open = new(initialState: true);

        public ConcurrentQueue<string> Sent { get; } = new();

        public ConcurrentQueue<int> Threads { get; } = new();

        public ConcurrentQueue<string> QueueFull { get; } = new();

        public string Log => string.Join(' ', Sent);

        public string FullLog => string.Join(' ', QueueFull);

        public AutoResetEvent Inside { get; } = new(initialState: false);

        public int LastThread { get; private set; }

        public void Close()
        {
            Inside.Reset();
            _open.Reset();
        }

        public void Open() => _open.Set();

        public void Dispatch(in string item)
        {
            Inside.Set();
            _open.Wait(Recorder<int>.Deadline);
            LastThread = Environment.CurrentManagedThreadId;
            Threads.Enqueue(LastThread);
            if (item == "throw")
            {
                throw new InvalidOperationException(item);
            }

            Sent.Enqueue(item);
        }

        public bool ReportFails { get; set; }

        public void OnQueueFull(in string item, DatagramSendException error)
        {
            if (ReportFails)
            {
                throw new InvalidOperationException("The clock has stopped.");
            }

            QueueFull.Enqueue(item);
        }
    }
}
