namespace ReactiveLink.Testing;

/// <summary>What happened in a <see cref="VirtualNetwork"/>.</summary>
public enum NetworkEventKind
{
    /// <summary>A transport sent a datagram: one event for each send, whatever becomes of it.</summary>
    Sent,

    /// <summary>A copy was put into the receive buffer of a transport. An end.</summary>
    Delivered,

    /// <summary>Lost by the path's loss model. An end.</summary>
    Lost,

    /// <summary>Did not fit into the queue in front of the path's transmitter. An end.</summary>
    TailDropped,

    /// <summary>The path was down when it was sent or when it would have arrived. An end.</summary>
    PathDown,

    /// <summary>The host that it was for was down when it arrived. An end.</summary>
    HostDown,

    /// <summary>Nobody was bound to the port when it arrived; a connected sender is told. An end.</summary>
    Unreachable,

    /// <summary>No host has the address, or it is a private one behind another NAT, or nobody receives the group. An end.</summary>
    NoRoute,

    /// <summary>The NAT had no mapping for the port when it arrived. An end.</summary>
    NoMapping,

    /// <summary>The transport's receive buffer was full; its ledger has it as <c>kernel-drop</c>. An end.</summary>
    BufferFull,

    /// <summary>More were on their way than the network holds. An end.</summary>
    InFlightFull,

    /// <summary>It was copied: another of the same id is on its way.</summary>
    Duplicated,

    /// <summary>It was held back, so that later ones may overtake it.</summary>
    HeldBack,

    /// <summary>It is delivered after a later one of its path: said right after <see cref="Delivered"/>. Copies made by duplication do not count.</summary>
    Reordered,

    /// <summary>Bits of it were flipped; the payload is the new one.</summary>
    Corrupted,

    /// <summary>It was cut; the payload is what is left.</summary>
    Truncated,

    /// <summary>A transport refused to send it, because it is larger than the path's MTU. It was not sent.</summary>
    TooBig,

    /// <summary>A host crashed.</summary>
    HostCrashed,

    /// <summary>A host is up again.</summary>
    HostRestarted,

    /// <summary>A path was taken down by <see cref="VirtualPath.IsDown"/>.</summary>
    PathTakenDown,

    /// <summary>A path was brought up again by <see cref="VirtualPath.IsDown"/>.</summary>
    PathBroughtUp,

    /// <summary>A NAT forgot its mappings.</summary>
    NatRebound,
}
