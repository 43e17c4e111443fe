namespace ReactiveLink.Sequencing;

/// <summary>Space and options as the trackers of many peers share them: the limits fitted to the space.</summary>
internal sealed class SequenceRules
{
    public SequenceRules(SequenceSpace space, SequenceOptions options)
    {
        Space = space;
        Mask = space.Mask;
        Probation = (byte)options.Probation;
        Dropout = Math.Min((ulong)options.MaximumDropout, (Mask >> 1) + 1);

        // What lies ahead and what lies behind must not overlap: dropout + misorder is at most the size of the space.
        Misorder = Math.Min((ulong)options.MaximumMisorder, Mask - Dropout + 1);
    }

    public SequenceSpace Space { get; }

    public ulong Mask { get; }

    /// <summary>The first distance ahead that is not believed.</summary>
    public ulong Dropout { get; }

    /// <summary>The last distance behind that is believed.</summary>
    public ulong Misorder { get; }

    public byte Probation { get; }
}
