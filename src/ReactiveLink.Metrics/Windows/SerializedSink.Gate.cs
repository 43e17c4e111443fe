using System.Reactive.Disposables;

namespace ReactiveLink.Metrics.Windows;

// Who is at work, and how the others tell it that something waits.
internal abstract partial class SerializedSink<TIn, TOut>
{
    // Says that something waits, and takes it unless someone is at work who will. That one's last look at _pending may have been made before its leaving is
    // seen here: the fence on all processors orders the two, so that either it sees _pending or we see it gone. It is paid only where two threads meet.
    private void Signal()
    {
        if (Interlocked.Exchange(ref _pending, 1) != 0)
        {
            // Whoever set it has seen to it that it is taken.
            return;
        }

        if (!TryEnter())
        {
            Interlocked.MemoryBarrierProcessWide();
            if (!TryEnter())
            {
                return;
            }
        }

        Drain();
    }

    private bool TryEnter() => Interlocked.CompareExchange(ref _busy, 1, 0) == 0;

    // Called by the one at work, who leaves here. After a throwing observer it never leaves, and nothing more is taken.
    private void Drain()
    {
        do
        {
            do
            {
                Interlocked.Exchange(ref _pending, 0);
                TakeAll();
            }
            while (Volatile.Read(ref _pending) != 0);

            Interlocked.Exchange(ref _busy, 0);
        }
        while (Volatile.Read(ref _pending) != 0 && TryEnter());
    }

    // A tick that came while we subscribed is told where the scheduler tells ticks: a subscriber that waits in OnNext for what its own thread does next would
    // otherwise wait within its call of Subscribe. Until then _pending stands, so no one else schedules; a value that comes first takes the tick with it.
    private void LeaveToScheduler()
    {
        Interlocked.Exchange(ref _busy, 0);
        if (Volatile.Read(ref _pending) == 0 || _stopped)
        {
            return;
        }

        try
        {
            _scheduler.Schedule(this, static (_, self) =>
            {
                if (self.TryEnter())
                {
                    self.Drain();
                }

                return Disposable.Empty;
            });
        }
        catch (Exception e) when (!_observerThrew)
        {
            Fail(e);
        }
    }

    private void TakeAll()
    {
        bool ended = Volatile.Read(ref _ended);
        while (!_stopped && TryNext(out var item))
        {
            Take(item.Value, item.Time);
        }

        if (Interlocked.Exchange(ref _refused, 0) is var refused and not 0)
        {
            Drop(WindowDropReason.QueueFull, refused);
        }

        if (!_stopped && Volatile.Read(ref _ticked))
        {
            Volatile.Write(ref _ticked, false);
            Guard(static self => self.TakeTick());
        }

        if (ended && !_stopped)
        {
            End();
        }
    }

    private void Enqueue(TIn value)
    {
        try
        {
            long now = Now();
            lock (_waiting)
            {
                if (_waiting.Count < _maximumWaiting)
                {
                    _waiting.Enqueue((value, now));
                    return;
                }
            }

            Interlocked.Increment(ref _refused);
        }
        catch (Exception e)
        {
            // The clock's: the end, when whoever is at work is through.
            _error = e;
            Volatile.Write(ref _ended, true);
        }
    }

    private bool TryNext(out (TIn Value, long Time) item)
    {
        lock (_waiting)
        {
            return _waiting.TryDequeue(out item);
        }
    }
}
