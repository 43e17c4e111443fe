using System.Reactive.Concurrency;
using ReactiveLink.Diagnostics;

namespace ReactiveLink.Links;

/// <summary>
/// One observer of a link's peers. It has its own picture of who has which place, and is told where the picture differs from the table: so nothing waits in a queue, and an
/// observer that is slow hears of the last state and not of those between. Whoever comes first looks; who comes meanwhile leaves it to them.
/// </summary>
internal sealed class PeerSubscription(
    IObserver<PeerTransition> observer, PeerLiveness liveness, IScheduler scheduler, Action<PeerSubscription> remove, Action<Exception> failed) : IDisposable
{
    /// <summary>With no more places than this, all are looked at each time.</summary>
    private const int FewPlaces = 4096;

    private volatile IObserver<PeerTransition>? _observer = observer;
    private readonly Dictionary<UdpEndpoint, int> _places = [];
    private Known[] _known = [];
    private bool _hasBegun;
    private bool _ended;
    private Exception? _error;
    private long _tick;
    private int _pending;

    /// <summary>Tells of those who are there.</summary>
    public void Begin() => Drain();

    /// <summary>Tells of what changed at a spoke of the wheel.</summary>
    public void Look(long tick)
    {
        Volatile.Write(ref _tick, tick);

        // A look that is still under way does not see two of these: the next tick comes soon.
        if (Volatile.Read(ref _pending) == 0)
        {
            Drain();
        }
    }

    /// <summary>Tells the end, after what is being told now.</summary>
    public void End(Exception? error)
    {
        _error = error;
        Volatile.Write(ref _ended, true);
        Drain();
    }

    public void Dispose()
    {
        _observer = null;
        remove(this);
    }

    private void Drain()
    {
        if (Interlocked.Increment(ref _pending) != 1)
        {
            return;
        }

        var seen = 1;
        do
        {
            try
            {
                Pass();
            }
            catch (Exception exception)
            {
                Dispose();
                failed(exception);
            }

            seen = Interlocked.Add(ref _pending, -seen);
        }
        while (seen != 0);
    }

    private void Pass()
    {
        var ended = Volatile.Read(ref _ended);
        if (ended && _hasBegun)
        {
            Terminate();
            return;
        }

        if (!TryReadClock(out var now))
        {
            if (ended)
            {
                Terminate();
            }

            return;
        }

        var places = liveness.Table.Places;
        if (_known.Length < places)
        {
            Array.Resize(ref _known, places);
        }

        var step = _hasBegun && places > FewPlaces ? PeerWheel.Spokes : 1;
        for (var place = step == 1 ? 0 : (int)(Volatile.Read(ref _tick) % step); place < places && _observer is not null; place += step)
        {
            Compare(place, now);
        }

        _hasBegun = true;
        if (ended)
        {
            Terminate();
        }
    }

    /// <summary>A clock of the user's that throws costs this look.</summary>
    private bool TryReadClock(out long now)
    {
        try
        {
            now = liveness.Now;
            return true;
        }
        catch (Exception exception)
        {
            now = 0;
            failed(exception);
            return false;
        }
    }

    private void Compare(int place, long now)
    {
        var peer = liveness.Table.Look(place, out var lastSeen);
        if (_known[place].Peer is { } former && !ReferenceEquals(former, peer))
        {
            Leave(place);
        }

        if (peer is null)
        {
            return;
        }

        var (_, from) = _known[place];
        var to = liveness.StateOf(peer, now - liveness.ToOwn(lastSeen));
        if (to == PeerState.Joined && from is PeerState.Silent or PeerState.Alive)
        {
            // Heard once more, and not counted yet.
            to = PeerState.Alive;
        }

        if (from == to)
        {
            return;
        }

        if (from == PeerState.Gone)
        {
            Welcome(peer, to, place);
        }
        else if (to == PeerState.Gone)
        {
            Leave(place);
        }
        else
        {
            _known[place] = new Known(peer, to);
            Tell(peer, from, to, ReasonOf(to));
        }
    }

    /// <summary>Who had a place has it no more, or lives no more.</summary>
    private void Leave(int place)
    {
        var (peer, state) = _known[place];
        _known[place] = default;
        _places.Remove((UdpEndpoint)peer!.Key);
        Tell(peer, state, PeerState.Gone, peer.IsDisplaced ? PeerTransitionReason.Displaced : PeerTransitionReason.Expired);
    }

    private void Welcome(PeerSequence peer, PeerState state, int place)
    {
        // It went and came back, to another place: first it goes. But those who are present come before any change: the next look tells of it.
        var endpoint = (UdpEndpoint)peer.Key;
        if (_places.TryGetValue(endpoint, out var former))
        {
            if (!_hasBegun)
            {
                return;
            }

            Leave(former);
        }

        _known[place] = new Known(peer, state);
        _places[endpoint] = place;
        if (!_hasBegun)
        {
            Tell(peer, PeerState.Gone, state, PeerTransitionReason.Present);
            return;
        }

        Tell(peer, PeerState.Gone, PeerState.Joined, PeerTransitionReason.Heard);
        if (state != PeerState.Joined)
        {
            Tell(peer, PeerState.Joined, state, ReasonOf(state));
        }
    }

    private static PeerTransitionReason ReasonOf(PeerState to) => to == PeerState.Silent ? PeerTransitionReason.Silence : PeerTransitionReason.Heard;

    private void Tell(PeerSequence peer, PeerState from, PeerState to, PeerTransitionReason reason) =>
        _observer?.OnNext(new PeerTransition((UdpEndpoint)peer.Key, from, to, scheduler.SafeNow(), reason));

    private void Terminate()
    {
        var target = _observer;
        _observer = null;
        if (_error is null)
        {
            target?.OnCompleted();
        }
        else
        {
            target?.OnError(_error);
        }
    }

    private readonly record struct Known(PeerSequence? Peer, PeerState State);
}
