using System.Reactive.Concurrency;
using System.Reactive.Disposables;

namespace ReactiveLink.Testing;

/// <summary>One replay. Its timers follow one another, so only one thread is in it at a time; only Dispose comes from anywhere.</summary>
internal sealed class ReplaySink<T>(
    IObserver<T> observer, IEnumerable<T> source, Func<T, DateTimeOffset> timestamp, ReplayOptions options, IScheduler scheduler) : IDisposable
{
    /// <summary>Items delivered in one go; then the scheduler's other work has its turn.</summary>
    private const int Burst = 1024;

    /// <summary>What every scheduler's timers can do; then it looks again.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    private readonly ExclusiveUse _use = new();
    private readonly SerialDisposable _timer = new();
    private IStopwatch? _clock;
    private IEnumerator<T>? _items;
    private T? _next;
    private bool _hasNext;
    private TimeSpan _due;
    private TimeSpan _position;
    private DateTimeOffset _latest;
    private bool _isFirst = true;

    public void Start() => Schedule(TimeSpan.Zero);

    public void Dispose()
    {
        _timer.Dispose();
        if (_use.Close())
        {
            _items?.Dispose();
        }
    }

    private void Schedule(TimeSpan wait) => _timer.Disposable = scheduler.Schedule(this, wait, static (_, sink) =>
    {
        sink.Run();
        return Disposable.Empty;
    });

    private void Run()
    {
        if (!_use.TryEnter())
        {
            return;
        }

        TimeSpan? wait = null;
        try
        {
            wait = Deliver();
        }
        finally
        {
            if (wait is null)
            {
                _use.Close();
            }

            if (_use.Exit())
            {
                _timer.Dispose();
                _items?.Dispose();
            }
        }

        if (wait is { } time)
        {
            Schedule(time);
        }
    }

    /// <summary>Delivers what is due.</summary>
    /// <returns>How long to wait for the next; null when all is over.</returns>
    private TimeSpan? Deliver()
    {
        _clock ??= scheduler.StartStopwatch();
        for (var delivered = 0; !_use.IsClosing; delivered++)
        {
            if (!_hasNext && !TryTake())
            {
                return null;
            }

            var wait = _due - _clock.Elapsed;
            if (wait > TimeSpan.Zero || delivered == Burst)
            {
                return TimeSpan.FromTicks(Math.Clamp(wait.Ticks, 0, LongestWait.Ticks));
            }

            var item = _next!;
            (_next, _hasNext) = (default, false);
            observer.OnNext(item);
        }

        return null;
    }

    /// <summary>Takes the next item and finds when it is due; false at the end, which is told.</summary>
    private bool TryTake()
    {
        try
        {
            _items ??= source.GetEnumerator();
            _hasNext = _items.MoveNext();
            if (_hasNext)
            {
                _next = _items.Current;
                Advance(timestamp(_next));
            }
        }
        catch (Exception exception)
        {
            End(() => observer.OnError(exception));
            return false;
        }

        if (!_hasNext)
        {
            End(observer.OnCompleted);
        }

        return _hasNext;
    }

    private void Advance(DateTimeOffset stamp)
    {
        if (_isFirst)
        {
            (_isFirst, _latest) = (false, stamp);
        }

        var gap = stamp - _latest;
        if (gap <= TimeSpan.Zero)
        {
            return;
        }

        _latest = stamp;
        _position += options.MaximumGap is { } longest && longest < gap ? longest : gap;
        var due = Math.Round(_position.Ticks / options.Speed);
        _due = options.Speed == 1 ? _position : due >= TimeSpan.MaxValue.Ticks ? TimeSpan.MaxValue : new TimeSpan((long)due);
    }

    private void End(Action tell)
    {
        if (!_use.IsClosing)
        {
            tell();
        }
    }
}
