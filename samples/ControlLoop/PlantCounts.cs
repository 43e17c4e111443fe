using ReactiveLink;

namespace ControlLoop;

/// <summary>What the plant has counted. Written by the plant's scheduler; read when the run is over.</summary>
internal sealed class PlantCounts
{
    public long Steps { get; set; }

    /// <summary>Steps at which the command in force was older than the deadline.</summary>
    public long Missed { get; set; }

    public long Applied { get; set; }

    /// <summary>Commands that arrived after a newer one, or twice: not applied.</summary>
    public long Overtaken { get; set; }

    /// <summary>Commands that answered a measurement older than the deadline: not applied.</summary>
    public long TooOld { get; set; }

    /// <summary>The most commands that were missing in a row when the next one arrived, or, where none has arrived since, that the network has lost in a row.</summary>
    public long LongestBurst { get; set; }

    /// <summary>The telemetry's link at the end.</summary>
    public Transit Up { get; set; }

    /// <summary>The commands' link at the end.</summary>
    public Transit Down { get; set; }

    /// <summary>What sequencing says of the commands; null before the first.</summary>
    public PeerSequence? Commands { get; set; }
}
