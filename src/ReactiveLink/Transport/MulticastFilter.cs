using System.Collections.Frozen;

namespace ReactiveLink.Transport;

/// <summary>
/// Tells the groups that a transport joined from those that others of the machine did, for kernels that deliver both. A group joined without
/// naming an interface is taken from any: the system chose one, and does not say which.
/// </summary>
internal sealed class MulticastFilter
{
    private readonly FrozenSet<(EndpointKey Group, int Interface)> _joined;

    public MulticastFilter(IEnumerable<MulticastGroup> groups) => _joined = groups
        .Select(group => (EndpointKey.From(group.Address, 0).WithoutScope(), InterfaceOf(group)))
        .ToFrozenSet();

    /// <summary>Whether a datagram for this destination is ours: for no group, or for one that was joined.</summary>
    /// <param name="destination">Without scope; a default key passes.</param>
    /// <param name="device">The index of the interface it came by.</param>
    public bool Accepts(in EndpointKey destination, int device) =>
        !destination.IsMulticast || _joined.Contains((destination, device)) || _joined.Contains((destination, 0));

    private static int InterfaceOf(MulticastGroup group) =>
        group.Interface is { } name ? LocalInterfaces.IndexOf(name) : group.Address.IsIPv6Multicast ? (int)group.Address.ScopeId : 0;
}
