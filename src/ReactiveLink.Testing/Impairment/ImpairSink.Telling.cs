namespace ReactiveLink.Testing;

/// <content>What goes out: one thread at a time, under no lock.</content>
internal sealed partial class ImpairSink<T>
{
    private void Drain()
    {
        if (Interlocked.Increment(ref _pending) != 1)
        {
            return;
        }

        var seen = 1;
        do
        {
            while (TryNext(out var output))
            {
                Tell(output);
            }

            seen = Interlocked.Add(ref _pending, -seen);
        }
        while (seen != 0);
    }

    private bool TryNext(out Output output)
    {
        lock (_gate)
        {
            if (!_outbox.TryDequeue(out output) || _stopped)
            {
                return false;
            }

            _inFlight -= output.Kind is null && !output.IsEnd ? 1 : 0;
            return true;
        }
    }

    private void Tell(in Output output)
    {
        if (output.IsEnd)
        {
            Dispose();
            if (output.Error is { } error)
            {
                observer.OnError(error);
            }
            else
            {
                observer.OnCompleted();
            }
        }
        else if (output.Kind is { } kind)
        {
            TellLog(new ImpairmentEvent<T>(kind, scheduler.Now, output.Ordinal, output.Item!));
        }
        else
        {
            try
            {
                observer.OnNext(output.Item!);
            }
            catch
            {
                // Rx's grammar: the exception is the producer's; this subscription is over. _pending stays up: nothing more is told.
                Dispose();
                throw;
            }
        }
    }

    private void TellLog(in ImpairmentEvent<T> happened)
    {
        try
        {
            _log?.OnNext(happened);
        }
        catch (Exception)
        {
            // The side stream must not end the main one.
            _log = null;
        }
    }

    /// <summary>An item, an event for the log, or the end.</summary>
    private readonly struct Output
    {
        public T? Item { get; init; }

        public long Ordinal { get; init; }

        public bool IsCopy { get; init; }

        public NetworkEventKind? Kind { get; init; }

        public bool IsEnd { get; init; }

        public Exception? Error { get; init; }
    }
}
