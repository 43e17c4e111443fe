using System.Collections.Immutable;
using System.Reactive;
using System.Reactive.Subjects;

namespace ReactiveLink.Tool.Recording;

/// <summary>What is recorded, counted; and the end.</summary>
internal sealed class RecordRun : IObserver<Datagram>, IObserver<Fault>
{
    private readonly Lock _gate = new();
    private readonly Subject<Unit> _end = new();
    private readonly TaskCompletionSource _completed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ImmutableSortedDictionary<FaultReason, long> _faults = ImmutableSortedDictionary<FaultReason, long>.Empty;

    /// <summary>Told of every datagram, if somebody waits for silence.</summary>
    public IdleWatch? Idle { get; set; }

    /// <summary>Ticks when the run is to end.</summary>
    public IObservable<Unit> EndAsked => _end;

    /// <summary>Completes when the file is closed.</summary>
    public Task Completed => _completed.Task;

    public long Datagrams { get; private set; }

    public long Bytes { get; private set; }

    public Exception? Error { get; private set; }

    public ImmutableSortedDictionary<FaultReason, long> Faults
    {
        get
        {
            lock (_gate)
            {
                return _faults;
            }
        }
    }

    public void End() => _end.OnNext(Unit.Default);

    void IObserver<Datagram>.OnNext(Datagram value)
    {
        Datagrams++;
        Bytes += value.Payload.Length;
        Idle?.Touch();
    }

    void IObserver<Datagram>.OnError(Exception error)
    {
        Error = error;
        _completed.TrySetResult();
    }

    void IObserver<Datagram>.OnCompleted() => _completed.TrySetResult();

    void IObserver<Fault>.OnNext(Fault value)
    {
        lock (_gate)
        {
            _faults = _faults.SetItem(value.Reason, _faults.GetValueOrDefault(value.Reason) + value.Count);
        }
    }

    void IObserver<Fault>.OnError(Exception error)
    {
        // The datagrams carry the same error.
    }

    void IObserver<Fault>.OnCompleted()
    {
        // The datagrams complete too.
    }
}
