using ReactiveLink.Testing;

namespace ControlLoop;

/// <summary>What a run is to be.</summary>
internal sealed record LoopSettings
{
    /// <summary>The share of the telemetry's datagrams that is lost.</summary>
    public double LossUp { get; init; } = 0.1;

    /// <summary>The share of the commands' datagrams that is lost.</summary>
    public double LossDown { get; init; } = 0.1;

    /// <summary>How many are lost in a row, on average; 1 is each by itself.</summary>
    public double Burst { get; init; } = 1;

    /// <summary>How long a datagram is on its way at least.</summary>
    public TimeSpan Latency { get; init; } = TimeSpan.FromMilliseconds(5);

    /// <summary>The mean of what is added to it, by an exponential distribution: datagrams overtake one another.</summary>
    public TimeSpan Jitter { get; init; } = TimeSpan.FromMilliseconds(2);

    /// <summary>How old the measurement may be that a command answers.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromMilliseconds(50);

    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(20);

    public ulong Seed { get; init; } = 1;

    /// <summary>Sockets on the loopback interface and the machine's time, instead of a virtual network in virtual time.</summary>
    public bool Real { get; init; }

    /// <summary>What the telemetry meets.</summary>
    public PathConditions Up => Conditions(LossUp);

    /// <summary>What the commands meet.</summary>
    public PathConditions Down => Conditions(LossDown);

    /// <summary>Bursts are the two states of Gilbert and Elliott: the bad one loses all, and is left after the mean burst.</summary>
    private PathConditions Conditions(double loss) => new()
    {
        Latency = Latency,
        Jitter = Jitter > TimeSpan.Zero ? Distribution.Exponential(Jitter) : null,
        Loss = loss <= 0 ? null
            : Burst <= 1 || loss >= 1 ? LossModel.Random(loss)
            : LossModel.Burst(enter: Math.Min(1, loss / (1 - loss) / Burst), leave: 1 / Burst),
    };
}
