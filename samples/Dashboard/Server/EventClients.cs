using System.Collections.Immutable;
using Dashboard.Feed;

namespace Dashboard.Server;

/// <summary>The browsers that are connected. Events are written out once, and only while there is someone to tell.</summary>
internal sealed class EventClients(Hello hello, LinkFeed feed, int maximum)
{
    private readonly Lock _gate = new();
    private ImmutableArray<EventClient> _clients = [];
    private long _droppedByGone;
    private long _refused;
    private long _tooSlow;
    private long _connected;

    /// <summary>Browsers connected now.</summary>
    public int Count => Clients.Length;

    /// <summary>Browsers that ever were.</summary>
    public long Connected => Interlocked.Read(ref _connected);

    /// <summary>Events that gave way to later ones, over all browsers.</summary>
    public long Dropped => Interlocked.Read(ref _droppedByGone) + Clients.Sum(client => client.Dropped);

    /// <summary>Browsers refused because there were enough.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>Browsers disconnected because they took nothing.</summary>
    public long TooSlow => Interlocked.Read(ref _tooSlow);

    private ImmutableArray<EventClient> Clients
    {
        get
        {
            lock (_gate)
            {
                return _clients;
            }
        }
    }

    /// <summary>Tells everyone of a tick.</summary>
    public void Tell(FeedUpdate update)
    {
        var clients = Clients;
        if (clients.IsEmpty)
        {
            return;
        }

        var block = EventBlock.Of(update);
        foreach (var client in clients)
        {
            client.Offer(block);
        }
    }

    /// <summary>Takes a browser in, with all that is known now; null if there are enough.</summary>
    public EventClient? TryAdd()
    {
        var client = new EventClient();
        lock (_gate)
        {
            if (_clients.Length >= maximum)
            {
                _refused++;
                return null;
            }

            _connected++;
            _clients = _clients.Add(client);
        }

        // It hears of what comes already; what is known fills in only where nothing newer waits.
        var snapshot = feed.Current;
        client.Offer(EventBlock.Of(hello with { Points = snapshot.Points }, snapshot), replace: false);
        return client;
    }

    /// <summary>Lets a browser go.</summary>
    public void Remove(EventClient client, bool tooSlow)
    {
        lock (_gate)
        {
            _clients = _clients.Remove(client);
            _droppedByGone += client.Dropped;
            _tooSlow += tooSlow ? 1 : 0;
        }
    }
}
