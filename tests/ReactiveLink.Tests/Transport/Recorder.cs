using System.Diagnostics;

namespace ReactiveLink.Tests.Transport;

/// <summary>Records a stream from any thread, checks Rx's grammar while it does, and waits for what it should see, with a deadline.</summary>
internal sealed class Recorder<T> : IObserver<T>
{
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private readonly object _gate = new();
    private readonly List<T> _values = [];
    private readonly Action<T>? _onNext;
    private int _inside;
    private string? _violation;

    public Recorder(Action<T>? onNext = null) => _onNext = onNext;

    public Action? OnEnd { get; init; }

    public bool Completed { get; private set; }

    public Exception? Error { get; private set; }

    public List<T> Values
    {
        get
        {
            lock (_gate)
            {
                return [.. _values];
            }
        }
    }

    public void OnNext(T value)
    {
        if (Interlocked.Increment(ref _inside) != 1)
        {
            _violation = "OnNext overlapped another call";
        }

        lock (_gate)
        {
            if (Completed || Error is not null)
            {
                _violation = "OnNext after a terminal notification";
            }

            _values.Add(value);
            Monitor.PulseAll(_gate);
        }

        try
        {
            _onNext?.Invoke(value);
        }
        finally
        {
            Interlocked.Decrement(ref _inside);
        }
    }

    public void OnError(Exception error) => End(error);

    public void OnCompleted() => End(error: null);

    public void WaitForCount(int count) => WaitFor(values => values.Count >= count, $"{count} values");

    public T WaitForOne(Func<T, bool> predicate, string what)
    {
        WaitFor(values => values.Exists(v => predicate(v)), what);
        return Values.First(predicate);
    }

    public void WaitForEnd() => Wait(() => Completed || Error is not null, "the end of the stream");

    public void WaitFor(Func<List<T>, bool> predicate, string what) => Wait(() => predicate(_values), what);

    public void AssertGrammar() => Assert.Null(_violation);

    private void End(Exception? error)
    {
        if (Volatile.Read(ref _inside) != 0)
        {
            _violation = "a terminal notification overlapped OnNext";
        }

        lock (_gate)
        {
            if (Completed || Error is not null)
            {
                _violation = "two terminal notifications";
            }

            Completed = error is null;
            Error = error;
            Monitor.PulseAll(_gate);
        }

        OnEnd?.Invoke();
    }

    private void Wait(Func<bool> condition, string what)
    {
        var clock = Stopwatch.StartNew();
        lock (_gate)
        {
            while (!condition())
            {
                var left = Deadline - clock.Elapsed;
                if (left <= TimeSpan.Zero || !Monitor.Wait(_gate, left))
                {
                    throw new TimeoutException($"Not seen within {Deadline}: {what}; {_values.Count} values, completed {Completed}, error {Error}.");
                }
            }
        }
    }
}
