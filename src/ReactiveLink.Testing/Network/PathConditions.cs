namespace ReactiveLink.Testing;

/// <summary>
/// The conditions on one direction of a path between two hosts. Immutable; the defaults are a perfect network. A datagram meets them in this order: MTU,
/// path down, bandwidth and queue, loss, truncation, corruption, latency with jitter and reordering, duplication.
/// </summary>
public sealed record PathConditions : Impairment
{
    /// <summary>How many bits of a corrupted datagram are flipped, each another one; at least 1, at most all. Default 1.</summary>
    public int CorruptedBits { get; init; } = 1;

    /// <summary>The probability that a datagram is cut to a random shorter length, 0 bytes included. Default 0.</summary>
    public double Truncation { get; init; }

    /// <summary>
    /// Bits a second, or null for no limit. Default null. Datagrams are sent one after the other; each takes its payload and its headers: 28 bytes over IPv4,
    /// 48 over IPv6.
    /// </summary>
    public long? Bandwidth { get; init; }

    /// <summary>How many bytes, headers included, may wait for the transmitter where <see cref="Bandwidth"/> is set; a datagram that does not fit is dropped. Default 65,536.</summary>
    public int QueueBytes { get; init; } = 65_536;

    /// <summary>The largest packet in bytes, headers included, or null for no limit. Default null. There is no fragmentation: a larger datagram is a send error.</summary>
    public int? Mtu { get; init; }

    /// <summary>A path that goes down and up again by itself, or null. Default null.</summary>
    public Flaps? Flaps { get; init; }

    private protected override void AddErrors(List<string> errors)
    {
        base.AddErrors(errors);
        Probability(errors, nameof(Truncation), Truncation);
        if (CorruptedBits < 1)
        {
            errors.Add(FormattableString.Invariant($"CorruptedBits is {CorruptedBits}: use at least 1."));
        }

        if (Bandwidth <= 0)
        {
            errors.Add(FormattableString.Invariant($"Bandwidth is {Bandwidth}: use at least 1 bit a second, or null for no limit."));
        }

        if (QueueBytes < 0)
        {
            errors.Add(FormattableString.Invariant($"QueueBytes is {QueueBytes}: it must not be negative."));
        }

        if (Mtu is < 68 or > 65_575)
        {
            errors.Add(FormattableString.Invariant($"Mtu is {Mtu}: use 68 to 65575, or null for no limit."));
        }
    }
}
