namespace ReactiveLink.Testing;

/// <summary>One direction between two hosts of a <see cref="VirtualNetwork"/>, with its own conditions and its own random streams.</summary>
public sealed class VirtualPath
{
    private readonly VirtualNetwork _network;
    private PathConditions? _conditions;
    private bool _down;

    internal VirtualPath(VirtualNetwork network, VirtualHost from, VirtualHost to)
    {
        _network = network;
        From = from;
        To = to;
        Fates = new FateStream(SeededRandom.Derive(SeededRandom.Derive(network.Seed, from.Name), to.Name));
    }

    /// <summary>The host that sends.</summary>
    public VirtualHost From { get; }

    /// <summary>The host that receives.</summary>
    public VirtualHost To { get; }

    /// <summary>
    /// The conditions of this path. Until they are set they are those of the network, and from a host to itself perfect. They may be changed at any time;
    /// what is on its way keeps those it was sent under.
    /// </summary>
    /// <exception cref="ArgumentNullException">The value is null.</exception>
    /// <exception cref="ArgumentException">They are not valid; the message lists every error.</exception>
    public PathConditions Conditions
    {
        get => Volatile.Read(ref _conditions) ?? (ReferenceEquals(From, To) ? VirtualNetwork.Perfect : _network.Conditions);
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            value.Validate(nameof(value));
            Volatile.Write(ref _conditions, value);
        }
    }

    /// <summary>Whether it was taken down: what is sent while it is down, and what would arrive then, is lost. The other direction is not concerned.</summary>
    public bool IsDown
    {
        get
        {
            lock (_network.Gate)
            {
                return _down;
            }
        }

        set => _network.TakeDown(this, ref _down, value);
    }

    internal FateStream Fates { get; }

    /// <summary>Under the network's lock: the highest ordinal delivered.</summary>
    internal long Latest { get; set; }

    /// <summary>Under the network's lock: when the last datagram that was not held back arrives.</summary>
    internal long LastDue { get; set; }

    /// <summary>Under the network's lock.</summary>
    internal Transmitter Transmitter { get; } = new();

    /// <summary>Under the network's lock.</summary>
    internal bool IsDownAt(long elapsed) => _down || (Conditions.Flaps is { } flaps && flaps.IsDown(new TimeSpan(elapsed)));
}
