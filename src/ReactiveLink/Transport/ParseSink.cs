using System.Reactive.Disposables;

namespace ReactiveLink.Transport;

/// <summary>What the sinks of parsers share: values on, what is refused to the side stream, nothing after the end.</summary>
internal abstract class ParseSink<T>(IObserver<T> observer, IObserver<Fault>? faults) : IObserver<Datagram>, IDisposable
{
    private readonly SingleAssignmentDisposable _upstream = new();
    private volatile IObserver<T>? _observer = observer;
    private IObserver<Fault>? _faults = faults;

    protected bool IsStopped => _observer is null;

    /// <summary>Subscribes to the source. Returns this sink, the subscription.</summary>
    public IDisposable Run(IObservable<Datagram> source)
    {
        _upstream.Disposable = source.Subscribe(this);
        return this;
    }

    public abstract void OnNext(Datagram value);

    public void OnError(Exception error)
    {
        Interlocked.Exchange(ref _observer, null)?.OnError(error);
        _upstream.Dispose();
    }

    public void OnCompleted()
    {
        Interlocked.Exchange(ref _observer, null)?.OnCompleted();
        _upstream.Dispose();
    }

    public void Dispose()
    {
        _observer = null;
        _upstream.Dispose();
    }

    // The parser may have ended the stream, or this subscription.
    protected void Emit(T value) => _observer?.OnNext(value);

    protected void Refuse(in Datagram datagram, string? error = null, Exception? exception = null)
    {
        try
        {
            _faults?.OnNext(new Fault(FaultReason.ParseFailed, datagram.ReceivedAt, datagram.Remote, Exception: exception, Detail: error));
        }
        catch (Exception)
        {
            // The side stream must not end the main one; who throws loses the rest, as every subscriber.
            _faults = null;
        }
    }
}
