using System.Reactive.Disposables;

namespace ReactiveLink.Testing;

internal sealed class WriteCaptureSink(IObserver<Datagram> observer, Action<Stream> close, IObserver<Fault>? faults) : IObserver<Datagram>, IDisposable
{
    private readonly ExclusiveUse _use = new();
    private readonly SingleAssignmentDisposable _upstream = new();
    private Stream? _stream;
    private PcapngWriter? _writer;
    private DateTimeOffset _last = DateTimeOffset.UnixEpoch;
    private int _stopped;

    public void Run(IObservable<Datagram> source, Func<Stream> open, Func<Stream, PcapngWriter> start)
    {
        try
        {
            _stream = open();
            _writer = start(_stream);
        }
        catch (Exception exception)
        {
            _use.Close();
            CloseQuietly();
            if (!Survives(Failed("begun", exception)))
            {
                return;
            }
        }

        _upstream.Disposable = source.Subscribe(this);
    }

    public void OnNext(Datagram value)
    {
        if (Volatile.Read(ref _stopped) != 0 || !Capture(value))
        {
            return;
        }

        try
        {
            observer.OnNext(value);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public void OnError(Exception error)
    {
        if (Interlocked.Exchange(ref _stopped, 1) != 0)
        {
            return;
        }

        _upstream.Dispose();
        var failure = _use.Close() ? Close() : null;
        if (failure is not null && faults is null)
        {
            error = new AggregateException(error, failure);
        }
        else
        {
            Tell(failure);
        }

        observer.OnError(error);
    }

    public void OnCompleted()
    {
        if (Interlocked.Exchange(ref _stopped, 1) != 0)
        {
            return;
        }

        _upstream.Dispose();
        var failure = _use.Close() ? Close() : null;
        if (failure is not null && faults is null)
        {
            observer.OnError(failure);
        }
        else
        {
            Tell(failure);
            observer.OnCompleted();
        }
    }

    public void Dispose()
    {
        Volatile.Write(ref _stopped, 1);
        _upstream.Dispose();
        if (_use.Close())
        {
            TellOrThrow(Close());
        }
    }

    /// <summary>Writes one; false if the stream has ended by it.</summary>
    private bool Capture(Datagram value)
    {
        _last = value.ReceivedAt;
        if (!_use.TryEnter())
        {
            return Volatile.Read(ref _stopped) == 0;
        }

        CaptureException? failure = null;
        var fits = true;
        try
        {
            fits = _writer!.TryWrite(value);
        }
        catch (Exception exception)
        {
            failure = Failed("written", exception);
        }

        if (_use.Exit())
        {
            // Disposed meanwhile, on another thread, which left the closing to this one.
            TellOrThrow(failure is null ? Close() : CloseAfter(failure));
            return false;
        }

        if (failure is not null)
        {
            return !_use.Close() || Survives(CloseAfter(failure));
        }

        if (!fits)
        {
            faults?.OnNext(new Fault(FaultReason.Oversize, _last, value.Remote, Detail: "larger than a UDP datagram: not in the capture"));
        }

        return true;
    }

    private CaptureException Failed(string what, Exception exception) =>
        new($"The capture could not be {what}: {exception.Message}", _writer?.Written ?? 0, exception);

    /// <summary>Tells of a failure; false if the stream has ended by it.</summary>
    private bool Survives(CaptureException failure)
    {
        if (faults is not null)
        {
            Tell(failure);
            return Volatile.Read(ref _stopped) == 0;
        }

        if (Interlocked.Exchange(ref _stopped, 1) == 0)
        {
            _upstream.Dispose();
            observer.OnError(failure);
        }

        return false;
    }

    private void Tell(CaptureException? failure)
    {
        if (failure is not null)
        {
            faults?.OnNext(new Fault(FaultReason.CaptureFailed, _last, Exception: failure));
        }
    }

    private void TellOrThrow(CaptureException? failure)
    {
        Tell(failure);
        if (failure is not null && faults is null)
        {
            throw failure;
        }
    }

    private CaptureException? Close()
    {
        try
        {
            if (_stream is not null)
            {
                close(_stream);
            }

            return null;
        }
        catch (Exception exception)
        {
            return Failed("flushed and closed", exception);
        }
    }

    private CaptureException CloseAfter(CaptureException failure)
    {
        CloseQuietly();
        return failure;
    }

    /// <summary>After a failure that is told of: a second one says nothing new.</summary>
    private void CloseQuietly() => _ = Close();
}
