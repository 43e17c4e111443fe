namespace ReactiveLink;

/// <summary>The sequence state of one peer, as its observers see it. Reads are consistent and lock-free on any thread.</summary>
public sealed class PeerSequence
{
    internal PeerSequence(object key) => Key = key;

    /// <summary>The peer's key: the remote endpoint in a link, else what the key selector gave.</summary>
    public object Key { get; }

    /// <summary>A consistent snapshot of the counts.</summary>
    /// <returns>The counts since the peer was first seen.</returns>
    public SequenceStatistics GetStatistics() => default;

    /// <summary>RFC 3550 interarrival jitter (section 6.4.1, A.8), or zero where no timestamps are known.</summary>
    public TimeSpan Jitter => default;
}
