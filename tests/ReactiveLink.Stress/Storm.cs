namespace ReactiveLink.Stress;

/// <summary>One round of threads over something shared, and what must hold afterwards.</summary>
internal abstract class Storm(Watchdog watchdog)
{
    private readonly List<Worker> _workers = [];
    private readonly List<Exception> _failures = [];
    private volatile bool _stopping;

    /// <summary>What was done, for the summary.</summary>
    public abstract string Summary { get; }

    /// <summary>Whether the workers are to come to an end.</summary>
    protected bool IsStopping => _stopping;

    /// <summary>Lets the workers work for a while.</summary>
    public void Run(TimeSpan time)
    {
        Begin();
        _workers.ForEach(worker => worker.Start());
        using var end = new ManualResetEventSlim();
        end.Wait(time);
        _stopping = true;
        while (_workers.Exists(worker => !worker.HasEnded))
        {
            // The watchdog ends the program if one of them does not get there.
            end.Wait(5);
        }

        Finish();
        lock (_failures)
        {
            if (_failures.Count > 0)
            {
                throw new AggregateException($"{GetType().Name} failed.", _failures);
            }
        }
    }

    protected abstract void Begin();

    protected abstract void Finish();

    /// <summary>A thread that repeats something until the end.</summary>
    protected void Repeat(string name, Action<Worker> turn)
    {
        var worker = new Worker(name, self =>
        {
            while (!_stopping)
            {
                turn(self);
            }
        }, Fail);
        _workers.Add(worker);
        watchdog.Add(worker);
    }

    protected void Require(bool holds, string rule)
    {
        if (!holds)
        {
            Fail(new InvalidOperationException(rule));
        }
    }

    /// <summary>Waits, with steps of its own so that waiting for something else is no stall, but not for ever.</summary>
    protected void WaitUntil(Func<bool> condition, string what)
    {
        using var never = new ManualResetEventSlim();
        for (var turn = 0; !condition(); turn++)
        {
            if (turn == 6000)
            {
                Fail(new TimeoutException("Not within 30 s: " + what));
                return;
            }

            never.Wait(5);
        }
    }

    private void Fail(Exception exception)
    {
        lock (_failures)
        {
            if (_failures.Count < 10)
            {
                _failures.Add(exception);
            }
        }

        _stopping = true;
    }
}
