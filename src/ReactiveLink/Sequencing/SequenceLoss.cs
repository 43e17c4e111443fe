namespace ReactiveLink;

/// <summary>The loss in an interval between two snapshots (RFC 3550 sections 6.4.1 and A.3). Duplicates never count as received.</summary>
/// <param name="Expected">How many items were expected in the interval.</param>
/// <param name="Lost">How many of them are missing. Negative where more late ones came than were lost in it.</param>
public readonly record struct SequenceLoss(long Expected, long Lost)
{
    /// <summary>The part lost, 0 to 1; 0 where nothing was expected or nothing is missing.</summary>
    public double Fraction => Expected <= 0 || Lost <= 0 ? 0 : Math.Min(1, (double)Lost / Expected);

    /// <summary>The part lost as RTCP reports it: an 8-bit fixed-point number with the binary point at its left edge.</summary>
    public byte FractionLost => (byte)Math.Min(255, Math.Floor(Fraction * 256));
}
