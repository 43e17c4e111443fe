using System.Reactive.Disposables;

namespace ReactiveLink.Framing;

/// <summary>
/// What the sinks of our operators share: nothing goes out after a terminal notification or a dispose, the source is released at once then, and an
/// observer that throws loses its subscription (its exception goes on to whoever called).
/// </summary>
internal abstract class OperatorSink<TSource, TResult>(IObserver<TResult> observer) : IObserver<TSource>, IDisposable
{
    private readonly SingleAssignmentDisposable _source = new();
    private volatile bool _stopped;

    protected bool IsStopped => _stopped;

    /// <summary>Subscribes to the source. Returns this sink, the subscription.</summary>
    public IDisposable Run(IObservable<TSource> source)
    {
        _source.Disposable = source.Subscribe(this);
        return this;
    }

    public abstract void OnNext(TSource value);

    public virtual void OnError(Exception error) => EmitError(error);

    public virtual void OnCompleted() => EmitCompleted();

    public virtual void Dispose()
    {
        _stopped = true;
        _source.Dispose();
    }

    protected void Emit(TResult value)
    {
        if (_stopped)
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

    /// <summary>Tells of a fault beside the stream.</summary>
    protected void Report(IObserver<Fault>? faults, in Fault fault)
    {
        if (faults is null || _stopped)
        {
            return;
        }

        try
        {
            faults.OnNext(fault);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    protected void EmitError(Exception error)
    {
        if (_stopped)
        {
            return;
        }

        _stopped = true;
        try
        {
            observer.OnError(error);
        }
        finally
        {
            Dispose();
        }
    }

    protected void EmitCompleted()
    {
        if (_stopped)
        {
            return;
        }

        _stopped = true;
        try
        {
            observer.OnCompleted();
        }
        finally
        {
            Dispose();
        }
    }
}
