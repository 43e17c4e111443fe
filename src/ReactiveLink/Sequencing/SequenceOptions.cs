using System.Globalization;

namespace ReactiveLink;

/// <summary>
/// What sequencing believes, and how much it keeps. The names and defaults of the first three are those of RFC 3550, appendix A.1. Immutable;
/// validated where it is used, every error together.
/// </summary>
public sealed record SequenceOptions
{
    internal const int LargestMaximumMisorder = 32_767;
    internal const int LargestMaximumPeers = 16_777_216;

    /// <summary>All defaults.</summary>
    public static SequenceOptions Default { get; } = new();

    /// <summary>
    /// How many consecutive numbers establish a peer (MIN_SEQUENTIAL): 1 to 255, default 2. Until then its expectation is tentative: a number
    /// out of the window moves it at once, so that a forged first datagram cannot hold up a peer, and the peer may be recycled when the
    /// table is full. Probation never holds back an item.
    /// </summary>
    public int Probation { get; init; } = 2;

    /// <summary>
    /// A number this far ahead, or farther, is not believed (MAX_DROPOUT): 2 or more, default 3000. Limited to half the space, so to 128
    /// where numbers have 8 bits.
    /// </summary>
    public int MaximumDropout { get; init; } = 3000;

    /// <summary>
    /// A number this far behind is still late or a duplicate; farther behind it is not believed (MAX_MISORDER): 0 to 32,767, default 100. Limited
    /// to what the space leaves beside <see cref="MaximumDropout"/>. Above 127, each peer takes this many bits more.
    /// </summary>
    public int MaximumMisorder { get; init; } = 100;

    /// <summary>
    /// How many peers are tracked at once: 1 to 16,777,216, default 65,536. At most 256 bytes each. When the table is full, a new peer takes the place of one
    /// that is idle or, failing that, not established; if there is none near, it is refused as <see cref="FaultReason.PeerLimit"/>.
    /// </summary>
    public int MaximumPeers { get; init; } = 65_536;

    /// <summary>A peer idle for longer is forgotten, and new when it comes again: more than zero, default 5 minutes.</summary>
    public TimeSpan PeerIdleExpiry { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Throws with every error of these options, if there is one.</summary>
    internal void Validate(string parameterName)
    {
        var errors = "";
        Check(Probation, nameof(Probation), 1, 255, ref errors);
        Check(MaximumDropout, nameof(MaximumDropout), 2, int.MaxValue, ref errors);
        Check(MaximumMisorder, nameof(MaximumMisorder), 0, LargestMaximumMisorder, ref errors);
        Check(MaximumPeers, nameof(MaximumPeers), 1, LargestMaximumPeers, ref errors);
        if (PeerIdleExpiry <= TimeSpan.Zero)
        {
            errors += string.Create(CultureInfo.InvariantCulture, $" PeerIdleExpiry is {PeerIdleExpiry}; use more than zero.");
        }

        if (errors.Length != 0)
        {
            throw new ArgumentException("The sequence options are not valid." + errors, parameterName);
        }
    }

    private static void Check(int value, string name, int least, int most, ref string errors)
    {
        if (value < least || value > most)
        {
            errors += string.Create(CultureInfo.InvariantCulture, $" {name} is {value}; use {least} to {most}.");
        }
    }
}
