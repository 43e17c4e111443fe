using System.Collections.Immutable;

namespace ReactiveLink.Tool.Listening;

/// <summary>
/// What happens between the first datagram and the last: passes messages and faults to the report, and decides the end. The summary agrees with
/// the events told, to the last count: at a count of messages it is taken on the receive thread, right after the last of them, and later events
/// are not told; at any other end it is taken when the streams have completed.
/// </summary>
internal sealed class ListenRun(UdpLink link, IListenReport report, ListenSettings settings) : IObserver<Message>, IObserver<Fault>, IObserver<Datagram>
{
    private readonly Lock _faultGate = new();
    private readonly long[] _faultsTold = new long[FaultReasons.All.Length];
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _messagesCompleted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _faultsCompleted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly PeerCount _peers = new();
    private long _delivered;
    private volatile ListenSummary? _summary;

    /// <summary>Completes when the run is to end.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Completes when the link's streams have: nothing is told any more.</summary>
    public Task Completed => Task.WhenAll(_messagesCompleted.Task, _faultsCompleted.Task);

    /// <summary>Told of every datagram, if somebody waits for silence.</summary>
    public IdleWatch? Idle { get; set; }

    /// <summary>What ended the link, if it failed.</summary>
    public Exception? Error { get; private set; }

    public void End() => _ended.TrySetResult();

    /// <summary>Once the streams are complete: tells the faults that were counted and not yet told, then the summary.</summary>
    public void Summarize()
    {
        var summary = _summary ?? Snapshot();
        foreach (var (reason, count) in summary.Faults)
        {
            // The system's drops are found by reading a counter: the last ones when nobody is told any more.
            var untold = count - _faultsTold[(int)reason];
            if (untold > 0)
            {
                report.Fault(new Fault(reason, default, Count: untold));
            }
        }

        report.Summary(summary);
    }

    void IObserver<Message>.OnNext(Message value)
    {
        if (_summary is not null)
        {
            return;
        }

        _peers.Add(value.Peer);
        report.Message(value);
        if (++_delivered == settings.Count)
        {
            lock (_faultGate)
            {
                _summary = Snapshot();
            }

            End();
        }
    }

    void IObserver<Fault>.OnNext(Fault value)
    {
        // Its frame was good: whoever sent it is a peer all the same.
        if (value is { Reason: FaultReason.DecodeFailed, Peer: { } peer })
        {
            _peers.Add(peer);
        }

        // Datagrams that never reach the stream of datagrams.
        if (value.Reason is FaultReason.Truncated or FaultReason.KernelDrop)
        {
            Idle?.Touch();
        }

        lock (_faultGate)
        {
            if (_summary is null)
            {
                _faultsTold[(int)value.Reason] += value.Count;
                report.Fault(value);
            }
        }
    }

    void IObserver<Datagram>.OnNext(Datagram value) => Idle?.Touch();

    void IObserver<Message>.OnError(Exception error)
    {
        Error = error;
        _messagesCompleted.TrySetResult();
        End();
    }

    void IObserver<Message>.OnCompleted()
    {
        _messagesCompleted.TrySetResult();
        End();
    }

    void IObserver<Fault>.OnError(Exception error) => _faultsCompleted.TrySetResult();

    void IObserver<Fault>.OnCompleted() => _faultsCompleted.TrySetResult();

    void IObserver<Datagram>.OnError(Exception error)
    {
        // The messages carry the same error.
    }

    void IObserver<Datagram>.OnCompleted()
    {
        // The messages complete too.
    }

    private ListenSummary Snapshot()
    {
        var statistics = link.GetStatistics();
        return new ListenSummary(
            statistics.Ledger.Received,
            statistics.BytesReceived,
            statistics.Ledger.Delivered,
            _peers.Count,
            Merge(statistics.Faults, statistics.Ledger.Dropped),
            statistics.Sequence);
    }

    /// <summary>A drop may be in the ledger a moment before its fault is counted.</summary>
    private static ImmutableSortedDictionary<FaultReason, long> Merge(
        ImmutableSortedDictionary<FaultReason, long> faults, ImmutableSortedDictionary<FaultReason, long> dropped)
    {
        foreach (var (reason, count) in dropped)
        {
            faults = faults.SetItem(reason, Math.Max(count, faults.GetValueOrDefault(reason)));
        }

        return faults;
    }
}
