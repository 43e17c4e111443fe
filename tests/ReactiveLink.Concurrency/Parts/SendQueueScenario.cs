using ReactiveLink.Concurrency.Checking;
using ReactiveLink.Concurrency.Control;
using ReactiveLink.Concurrency.Exploring;
using ReactiveLink.Transport;

namespace ReactiveLink.Concurrency.Parts;

/// <summary>The send queue: who sends, in what order, and what the task of each item says.</summary>
internal sealed class SendQueueScenario : Scenario, ISendDispatcher<int>
{
    private const int MaximumItems = 16;

    private readonly PrioritySendQueue<int> _queue;
    private readonly int _capacity;
    private readonly CancellationTokenSource[] _cancellations = new CancellationTokenSource[MaximumItems];
    private readonly ValueTask[] _tasks = new ValueTask[MaximumItems];
    private readonly bool[] _settles = new bool[MaximumItems];
    private readonly SendFate[] _fates = new SendFate[MaximumItems];

    // The send that a controlled thread is in, until it is known whether its item went at once.
    private readonly Effect?[] _sending = new Effect?[Explorer.MaximumThreads];
    private readonly List<Task> _drains = [];

    // What a drain did not wait for: only those that were cancelled, evicted or disposed of just then.
    private readonly List<int> _early = [];
    private readonly bool _fails;
    private int _items;
    private int _inside;

    public SendQueueScenario(Controller controller, Random random, bool small)
        : base(controller, random)
    {
        _capacity = random.Next(1, 4);
        _fails = random.Next(4) == 0;
        _queue = new PrioritySendQueue<int>(this, _capacity);
        var disposes = random.Next(4) == 0;
        var drains = random.Next(4) == 0;
        Clients(2, small ? 2 : 4, small ? 2 : 3, _ => random.Next(10) switch
        {
            < 7 => Send(_items++, random.Next(4), random.Next(2) == 0),
            7 or 8 when _items > 0 => Cancel(random.Next(_items)),
            9 when disposes => () => Call("Dispose", 0, 0, () =>
            {
                _queue.Dispose();
                return 0;
            }),
            _ => drains ? Drain : Count,
        });
        for (var item = 0; item < _items; item++)
        {
            _cancellations[item] = new CancellationTokenSource();
        }
    }

    public override Model Model => new SendQueueModel(_capacity, _items);

    protected override int PoolThreads => 1;

    public override void Finish()
    {
        for (var item = 0; item < _items; item++)
        {
            Settle(item);
            Finally("Fate", item, (int)_fates[item]);
        }

        foreach (var effect in Effects.Where(effect => effect.Name == "Queue"))
        {
            effect.Result = (int)_fates[effect.A];
        }

        Require(_drains.TrueForAll(drain => drain.IsCompletedSuccessfully), "Nothing waits, and a drain does not end.");
        Require(_early.TrueForAll(item => _fates[item] is not (SendFate.Sent or SendFate.Failed)), "A drain ended before what was there had been sent.");
        var statistics = _queue.GetStatistics();
        Finally("Waiting", 0, statistics.Queued);
        Finally("Dropped", 0, (int)statistics.Dropped);
        Require(statistics.Cancelled == _fates.Count(fate => fate == SendFate.Cancelled), "The queue counted other cancelled items than there are.");
    }

    public void Dispatch(in int item)
    {
        int[] batch = [item];
        Dispatched(batch);
        if (_fails)
        {
            throw new InvalidOperationException("refused");
        }
    }

    public void Dispatch(ReadOnlySpan<int> items, Span<Exception?> failures)
    {
        Dispatched(items.ToArray());
        if (_fails)
        {
            failures.Fill(new InvalidOperationException("refused"));
        }
    }

    public void OnQueueFull(in int item, DatagramSendException error) => Interleave.Point("OnQueueFull");

    private static int Thread => Interleave.Current!.Index;

    private void Dispatched(int[] batch)
    {
        Require(++_inside == 1, "Two threads send at once.");
        var fate = (int)(_fails ? SendFate.Failed : SendFate.Sent);
        if (_sending[Thread] is { } sending)
        {
            // The first that this call has sent: its own item alone, at once or after a moment in the queue, or with what waits.
            _sending[Thread] = null;
            End(sending);
            if (batch is [var only] && only == sending.A)
            {
                Remove(sending);

                // Whether it went at once or after a moment in the queue, nobody is passed by.
                Took(Then(Then(sending, "Come", sending.A, sending.B), "Take"), batch, fate);
            }
            else
            {
                Took(Then(sending, "Take"), batch, fate);
            }
        }
        else
        {
            Took(Notice("Take"), batch, fate);
        }

        Interleave.Point("Dispatch");
        _inside--;
    }

    private static void Took(Effect effect, int[] batch, int fate)
    {
        effect.Result = fate;
        effect.Results = batch;
    }

    private Action Send(int item, int level, bool waits) => () =>
    {
        var effect = Begin("Queue", item, level);
        _sending[Thread] = effect;
        try
        {
            _tasks[item] = _queue.SendAsync(in item, (Priority)(level + (int)Priority.Low), _cancellations[item].Token);
        }
        catch (ObjectDisposedException)
        {
            _fates[item] = SendFate.Disposed;
        }

        if (_sending[Thread] is not null)
        {
            _sending[Thread] = null;
            End(effect);
        }

        if (waits)
        {
            var task = _tasks[item];
            Interleave.WaitUntil(() => task.IsCompleted, $"for item {item} to be sent");
            Settle(item);
        }
    };

    private void Settle(int item)
    {
        if (_fates[item] != SendFate.Unknown || !_tasks[item].IsCompleted)
        {
            return;
        }

        _settles[item] = true;
        try
        {
            _tasks[item].GetAwaiter().GetResult();
            _fates[item] = SendFate.Sent;
        }
        catch (DatagramSendException full)
        {
            _fates[item] = full.Message.Contains("took this one's place", StringComparison.Ordinal) ? SendFate.Evicted : SendFate.Refused;
        }
        catch (OperationCanceledException)
        {
            _fates[item] = SendFate.Cancelled;
        }
        catch (ObjectDisposedException)
        {
            _fates[item] = SendFate.Disposed;
        }
        catch (InvalidOperationException)
        {
            _fates[item] = SendFate.Failed;
        }
    }

    private Action Cancel(int item) => () => Call("Cancel", item, 0, () =>
    {
        _cancellations[item].Cancel();
        return 0;
    });

    private void Drain()
    {
        int[] there = [.. Effects.Where(effect => effect.Name == "Queue" && effect.End != int.MaxValue).Select(effect => effect.A)];
        var idle = Begin("Idle");
        var task = _queue.DrainAsync();
        _drains.Add(task);
        EndWhen(idle, () => task.IsCompleted, _ => _early.AddRange(there.Where(item => !_settles[item] && !_tasks[item].IsCompleted)));
    }

    private void Count() => Call("Waiting", 0, 0, () => _queue.GetStatistics().Queued);
}
