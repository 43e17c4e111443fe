using System.Reactive.Concurrency;
using System.Reactive.Disposables;

namespace ReactiveLink.Links;

/// <summary>A request that waits for its answer. Whoever takes it out of the table ends it, once.</summary>
internal sealed class PendingRequest(RequestTable table, string id, UdpEndpoint? to)
{
    private readonly TaskCompletionSource<Message> _source = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CompositeDisposable _resources = [];

    public string Id => id;

    /// <summary>Whom it was sent to; null where anybody may answer.</summary>
    public UdpEndpoint? To => to;

    public Task<Message> Task => _source.Task;

    /// <summary>Lets it end without an answer.</summary>
    public void Arm(IScheduler scheduler, TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (timeout != Timeout.InfiniteTimeSpan)
        {
            _resources.Add(scheduler.Schedule(timeout, () =>
            {
                if (table.TryRemove(this, RequestEnd.TimedOut))
                {
                    Fail(new TimeoutException($"The request was not answered within {timeout.TotalSeconds:0.###} s."));
                }
            }));
        }

        if (cancellationToken.CanBeCanceled)
        {
            _resources.Add(cancellationToken.Register(() =>
            {
                if (table.TryRemove(this, RequestEnd.Cancelled))
                {
                    _source.TrySetCanceled(cancellationToken);
                    _resources.Dispose();
                }
            }));
        }
    }

    public void Answer(Message reply)
    {
        if (reply.Type == MessageType.Error)
        {
            Fail(new RequestFailedException(reply));
            return;
        }

        _source.TrySetResult(reply);
        _resources.Dispose();
    }

    public void Fail(Exception error)
    {
        _source.TrySetException(error);
        _resources.Dispose();
    }
}
