using System.Reactive.Disposables;

namespace ReactiveLink.Testing;

/// <content>Arrivals: one timer, for the earliest.</content>
public sealed partial class VirtualNetwork
{
    private long _armed = long.MaxValue;
    private long _lastId;

    /// <summary>Under the lock: for when a timer is needed that is not there, or null.</summary>
    private long? NextToArm()
    {
        if (!_flights.TryPeek(out _, out var first) || first.Due >= _armed)
        {
            return null;
        }

        return _armed = first.Due;
    }

    private void Arm(long? due)
    {
        if (due is { } at)
        {
            var wait = Math.Max(0, at - Now());
            _scheduler.Schedule((this, at), TimeSpan.FromTicks(wait), static (_, state) =>
            {
                state.Item1.Tick(state.at);
                return Disposable.Empty;
            });
        }
    }

    private void Tick(long due)
    {
        var now = Now();
        List<VirtualTransport> reached = [];
        long? next;
        lock (Gate)
        {
            if (_armed == due)
            {
                _armed = long.MaxValue;
            }

            while (_flights.TryPeek(out var flight, out var first) && first.Due <= now)
            {
                _flights.Dequeue();
                if (flight.IsUnreachableNews)
                {
                    flight.Sender.OfferUnreachable();
                    reached.Add(flight.Sender);
                }
                else
                {
                    _inFlight--;
                    Arrive(flight, now, reached);
                }
            }

            next = NextToArm();
        }

        // Before anyone is called: an observer that blocks must not hold up the others.
        Arm(next);
        _log.Drain();
        reached.ForEach(transport => transport.Drain());
    }

    private void Arrive(Flight flight, long now, List<VirtualTransport> reached)
    {
        var host = flight.Path.To;
        var to = flight.To;
        if (flight.Path.IsDownAt(now))
        {
            _log.Add(Event(NetworkEventKind.PathDown, now, flight));
            return;
        }

        if (!host.Up)
        {
            _log.Add(Event(NetworkEventKind.HostDown, now, flight));
            return;
        }

        if (_nats.TryGetValue(to.Address, out var nat))
        {
            if (!nat.TryInside(to.Port, out var inside) || !ReferenceEquals(inside.Host, host))
            {
                _log.Add(Event(NetworkEventKind.NoMapping, now, flight));
                return;
            }

            to = inside.Endpoint;
        }

        var receivers = host.Receivers(to, flight.From);
        if (receivers.Count == 0)
        {
            _log.Add(Event(NetworkEventKind.Unreachable, now, flight));
            TellUnreachable(flight, now);
            return;
        }

        _copies += receivers.Count - 1;
        foreach (var receiver in receivers)
        {
            var taken = receiver.Offer(flight.Payload, flight.From);
            _log.Add(Event(taken ? NetworkEventKind.Delivered : NetworkEventKind.BufferFull, now, flight) with { To = receiver.LocalEndpoint });
            reached.Add(receiver);
        }

        Reordered(flight, now);
    }

    private void Reordered(Flight flight, long now)
    {
        if (flight.IsCopy)
        {
            return;
        }

        if (flight.Ordinal < flight.Path.Latest)
        {
            _log.Add(Event(NetworkEventKind.Reordered, now, flight));
        }

        flight.Path.Latest = Math.Max(flight.Path.Latest, flight.Ordinal);
    }

    /// <summary>As ICMP does: only a connected socket hears of it.</summary>
    private void TellUnreachable(Flight flight, long now)
    {
        var sender = flight.Sender;
        var back = PathBetween(flight.Path.To, flight.Path.From);
        if (!sender.Binding.Connects || !flight.To.Equals(sender.RemoteEndpoint) || back.IsDownAt(now) || _flights.Count >= 2 * (long)_options.MaximumInFlight)
        {
            return;
        }

        var news = new Flight
        {
            Id = flight.Id,
            Ordinal = flight.Ordinal,
            Path = back,
            Sender = sender,
            From = flight.To,
            To = flight.From,
            Payload = default,
            IsUnreachableNews = true,
        };
        _flights.Enqueue(news, (now + back.Conditions.Latency.Ticks, ++_order));
    }

    private NetworkEvent Event(NetworkEventKind kind, long now, Flight flight) => new(kind, At(now))
    {
        Id = flight.Id,
        Ordinal = flight.Ordinal,
        FromHost = flight.Path.From.Name,
        ToHost = flight.Path.To.Name,
        From = flight.From,
        To = flight.To,
        Payload = flight.Payload,
    };
}
