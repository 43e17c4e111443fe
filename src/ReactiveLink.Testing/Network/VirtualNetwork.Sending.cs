using System.Net.Sockets;

namespace ReactiveLink.Testing;

/// <content>What happens to a datagram on its way.</content>
public sealed partial class VirtualNetwork
{
    private readonly PriorityQueue<Flight, (long Due, long Order)> _flights = new();
    private long _order;
    private long _sent;
    private long _copies;
    private int _inFlight;

    /// <summary>Sends a datagram.</summary>
    /// <returns>Why the system refuses it, or null.</returns>
    internal SocketError? Send(VirtualTransport sender, ReadOnlySpan<byte> payload, UdpEndpoint destination)
    {
        var departure = new Departure(sender, destination, payload.ToArray());
        var now = Now();
        SocketError? error;
        lock (Gate)
        {
            error = IsDisposed ? SocketError.NetworkDown : Prepare(departure, now);
        }

        if (error is null)
        {
            // The user's distributions are called here, under no lock.
            departure.Copies.ForEach(copy => copy.Decide(departure.Payload));
            long? due;
            lock (Gate)
            {
                _sent++;
                _log.Add(Event(NetworkEventKind.Sent, now, departure));
                if (departure.Copies.Count == 0)
                {
                    _copies++;
                    _log.Add(Event(departure.Nowhere, now, departure));
                }

                departure.Copies.ForEach(copy => Launch(departure, copy, now));
                due = NextToArm();
            }

            Arm(due);
        }

        _log.DrainLater(_scheduler);
        return error;
    }

    private SocketError? Prepare(Departure departure, long now)
    {
        var error = Route(departure.Sender, departure.To, out var source, out var targets, out var nowhere);
        departure.From = source;
        departure.Nowhere = nowhere;
        if (error is not null)
        {
            return error;
        }

        var size = departure.Payload.Length + Addresses.HeaderBytes(departure.To.Address);
        List<VirtualPath> paths = [.. targets.Select(target => PathBetween(departure.Sender.Host, target))];
        if (paths.Exists(path => path.Conditions.Mtu < size))
        {
            _log.Add(Event(NetworkEventKind.TooBig, now, departure) with { ToHost = targets[0].Name });
            return SocketError.MessageSize;
        }

        departure.Id = ++_lastId;
        departure.Copies.AddRange(paths.Select(path => new Copy(path)));
        return null;
    }

    private void Launch(Departure departure, Copy copy, long now)
    {
        _copies++;
        var path = copy.Path;
        var conditions = copy.Conditions;
        if (path.IsDownAt(now))
        {
            _log.Add(Event(NetworkEventKind.PathDown, now, departure, copy));
            return;
        }

        if (!path.Transmitter.TrySend(now, departure.Payload.Length + Addresses.HeaderBytes(departure.To.Address), conditions, out var leaves))
        {
            _log.Add(Event(NetworkEventKind.TailDropped, now, departure, copy));
            return;
        }

        if (copy.Lost)
        {
            _log.Add(Event(NetworkEventKind.Lost, now, departure, copy));
            return;
        }

        if (copy.Truncated)
        {
            _log.Add(Event(NetworkEventKind.Truncated, now, departure, copy));
        }

        if (copy.Travel.Corrupted && copy.Payload.Length > 0)
        {
            _log.Add(Event(NetworkEventKind.Corrupted, now, departure, copy));
        }

        var due = leaves + copy.Travel.Delay.Ticks;
        if (copy.Travel.HeldBack)
        {
            _log.Add(Event(NetworkEventKind.HeldBack, now, departure, copy));
        }
        else if (conditions.KeepOrder)
        {
            due = Math.Max(due, path.LastDue);
        }

        path.LastDue = copy.Travel.HeldBack ? path.LastDue : Math.Max(due, path.LastDue);
        Fly(departure, copy, now, due, isCopy: false);
        if (copy.Travel.CopyDelay is { } delay)
        {
            _copies++;
            _log.Add(Event(NetworkEventKind.Duplicated, now, departure, copy));
            Fly(departure, copy, now, leaves + delay.Ticks, isCopy: true);
        }
    }

    private void Fly(Departure departure, Copy copy, long now, long due, bool isCopy)
    {
        if (_inFlight >= _options.MaximumInFlight)
        {
            _log.Add(Event(NetworkEventKind.InFlightFull, now, departure, copy));
            return;
        }

        _inFlight++;
        var flight = new Flight
        {
            Id = departure.Id,
            Ordinal = copy.Ordinal,
            Path = copy.Path,
            Sender = departure.Sender,
            From = departure.From,
            To = departure.To,
            Payload = copy.Payload,
            IsCopy = isCopy,
        };
        _flights.Enqueue(flight, (due, ++_order));
    }

    private NetworkEvent Event(NetworkEventKind kind, long now, Departure departure) => new(kind, At(now))
    {
        Id = departure.Id,
        FromHost = departure.Sender.Host.Name,
        From = departure.From,
        To = departure.To,
        Payload = departure.Payload,
    };

    private NetworkEvent Event(NetworkEventKind kind, long now, Departure departure, Copy copy) => new(kind, At(now))
    {
        Id = departure.Id,
        Ordinal = copy.Ordinal,
        FromHost = copy.Path.From.Name,
        ToHost = copy.Path.To.Name,
        From = departure.From,
        To = departure.To,
        Payload = copy.Payload,
    };
}
