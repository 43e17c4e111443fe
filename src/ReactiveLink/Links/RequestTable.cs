using ReactiveLink.Messages;

namespace ReactiveLink.Links;

/// <summary>
/// The requests of a link that wait for an answer, by their ids: bounded, and each is there until it is answered, times out, is cancelled, could not be sent, or the
/// link closes. Any thread. Requests have ids of a generator of their own, so that an answer that comes too late is known for what it is.
/// </summary>
internal sealed class RequestTable(int capacity, bool anybodyMayAnswer)
{
    private readonly MessageIdGenerator _ids = new();
    private readonly Lock _gate = new();
    private readonly Dictionary<string, PendingRequest> _pending = new(StringComparer.Ordinal);
    private readonly long[] _ended = new long[Enum.GetValues<RequestEnd>().Length];
    private volatile bool _isActive;
    private bool _isClosed;
    private long _made;
    private long _refused;
    private long _unexpected;

    /// <summary>Whether there was ever a request: without one, messages need not be looked at.</summary>
    public bool IsActive => _isActive;

    /// <summary>Makes room for a request; null where there is none.</summary>
    public PendingRequest? TryAdd(UdpEndpoint? to)
    {
        var request = new PendingRequest(this, _ids.Next(), anybodyMayAnswer ? null : to);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isClosed, typeof(UdpLink));

            if (_pending.Count >= capacity)
            {
                _refused++;
                return null;
            }

            _isActive = true;
            _made++;
            _pending.Add(request.Id, request);
            return request;
        }
    }

    /// <summary>Takes a request out, unless it has ended already. The caller ends it.</summary>
    public bool TryRemove(PendingRequest request, RequestEnd end)
    {
        lock (_gate)
        {
            if (!_pending.Remove(request.Id))
            {
                return false;
            }

            _ended[(int)end]++;
            return true;
        }
    }

    /// <summary>Takes a message that answers a request of this link, whether it still waits or not. For the receive thread.</summary>
    public bool TryTake(Message message)
    {
        if (!_isActive || !message.HasCorrelationId || message.CorrelationId is not { } id || !_ids.IsOwn(id))
        {
            return false;
        }

        PendingRequest? request;
        lock (_gate)
        {
            if (_pending.TryGetValue(id, out request) && (request.To is null || request.To.MayAnswer(message.Peer)))
            {
                _pending.Remove(id);
                _ended[(int)(message.Type == MessageType.Error ? RequestEnd.Failed : RequestEnd.Answered)]++;
            }
            else
            {
                request = null;
                _unexpected++;
            }
        }

        request?.Answer(message.Keep());
        return true;
    }

    /// <summary>Ends all that wait. Idempotent.</summary>
    public void Close(Exception error)
    {
        PendingRequest[] pending;
        lock (_gate)
        {
            _isClosed = true;
            pending = [.. _pending.Values];
            _pending.Clear();
            _ended[(int)RequestEnd.Failed] += pending.Length;
        }

        foreach (var request in pending)
        {
            request.Fail(error);
        }
    }

    public RequestStatistics GetStatistics()
    {
        lock (_gate)
        {
            return new RequestStatistics(
                _made,
                _ended[(int)RequestEnd.Answered],
                _ended[(int)RequestEnd.Failed],
                _ended[(int)RequestEnd.TimedOut],
                _ended[(int)RequestEnd.Cancelled],
                _pending.Count,
                _refused,
                _unexpected);
        }
    }
}
