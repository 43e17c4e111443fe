using System.Collections.Immutable;
using ReactiveLink.Testing;

namespace ReactiveLink.Simulation.Scenarios;

/// <summary>Everything that a seed decides.</summary>
internal sealed record Scenario(
    ulong Seed, Parts Parts, DateTimeOffset Start, TimeSpan Length, ImmutableArray<NodePlan> Servers, ImmutableArray<ClientPlan> Clients, ImmutableArray<Incident> Incidents);

/// <summary>A host with one link at a time.</summary>
internal sealed record NodePlan(string Name, string Address, bool IsBehindNat, TimeSpan ClockOffset, double ClockDrift, LinkPlan Link);

/// <summary>A host whose link is connected to a server, and sends.</summary>
/// <param name="Node">The host and its link.</param>
/// <param name="Server">The index of the server.</param>
/// <param name="HasFixedPort">Whether it always binds the same port; else a process that begins anew is a new peer.</param>
/// <param name="BeginsAnew">Whether a crash ends its process: the link is made anew, its numbers too. Else the link lives on and binds again.</param>
/// <param name="Traffic">What it sends.</param>
/// <param name="Out">The conditions to the server.</param>
/// <param name="Back">The conditions from the server.</param>
internal sealed record ClientPlan(
    NodePlan Node, int Server, bool HasFixedPort, bool BeginsAnew, TrafficPlan Traffic, PathConditions Out, PathConditions Back);

/// <summary>What is sent.</summary>
/// <param name="Count">How many messages, restarts included.</param>
/// <param name="Pause">The mean time between bursts.</param>
/// <param name="Burst">At most so many at once.</param>
/// <param name="Filler">At most so many bytes after the content.</param>
/// <param name="InBatches">Whether a burst is given to the link at once.</param>
internal sealed record TrafficPlan(int Count, TimeSpan Pause, int Burst, int Filler, bool InBatches);

/// <summary>A link and what is composed over it.</summary>
internal sealed record LinkPlan
{
    public required FrameFormat Frame { get; init; }

    public required IMessageCodec Codec { get; init; }

    public required uint InitialSequence { get; init; }

    public required SequenceOptions Sequencing { get; init; }

    public required int MaximumDatagramSize { get; init; }

    public required int ReceiveBufferSize { get; init; }

    public required PayloadMemory PayloadMemory { get; init; }

    /// <summary>When receiving begins, after the link was opened; null with its first consumer.</summary>
    public required TimeSpan? StartAfter { get; init; }

    public required TimeSpan StatisticsInterval { get; init; }

    /// <summary>Each so-manieth message is answered; 0 for none.</summary>
    public required int ReplyEvery { get; init; }

    /// <summary>At this message one more subscriber throws; 0 for never.</summary>
    public required int SubscriberThrowsAt { get; init; }

    /// <summary>Numbers in the payload, as a foreign protocol has; null for none.</summary>
    public required NumberingPlan? Numbering { get; init; }

    public required ResequencePlan? Resequence { get; init; }

    public required ImmutableArray<RoutePlan> Routes { get; init; }

    public required ImmutableArray<WindowPlan> Windows { get; init; }

    public required ImmutableArray<AlertPlan> Alerts { get; init; }
}

/// <summary>How messages number themselves.</summary>
internal sealed record NumberingPlan(SequenceSpace Space, ulong Initial, SequenceOptions Options);

/// <summary>A resequencing of the frames, or of the messages by their own numbers.</summary>
internal sealed record ResequencePlan(bool OfMessages, int Depth, TimeSpan Patience);

internal enum HandlerKind
{
    Quick,
    Throwing,
    Slow,
    SlowAndObedient,
}

/// <summary>A handler of the messages whose number has a remainder.</summary>
internal sealed record RoutePlan(HandlerKind Kind, int Of, int Remainder, int Capacity, int Concurrency, TimeSpan Timeout, OverflowPolicy Overflow);

internal enum WindowKind
{
    Tumbling,
    Sliding,
    Session,
    Count,
    PerKey,
    EventTime,
}

/// <summary>A window over the messages' values. The length of a session is its gap; sizes are of count windows.</summary>
internal sealed record WindowPlan(
    WindowKind Kind, TimeSpan Length, TimeSpan Every, int Size, int Step, int MaximumKeys, TimeSpan IdleExpiry, bool EmitEmpty, bool AlignToSubscription, TimeSpan Disorder, TimeSpan Lateness);

/// <summary>An alert over the messages' values, or over the means of a window.</summary>
internal sealed record AlertPlan(
    bool HasHysteresis, bool PerKey, bool OverWindow, double Fire, double Clear, TimeSpan HoldFor, TimeSpan KeepFiringFor, TimeSpan? NoDataAfter, TimeSpan KeyIdleExpiry, int MaximumKeys);

internal enum IncidentKind
{
    Crash,
    PartitionOut,
    PartitionBack,
    NatRebind,
    ClockStep,
}

/// <summary>Something that happens at a time.</summary>
/// <param name="At">When, after the start.</param>
/// <param name="Kind">What.</param>
/// <param name="Node">To which host; of a partition, the client.</param>
/// <param name="For">How long it lasts; of a clock step, by how much.</param>
internal sealed record Incident(TimeSpan At, IncidentKind Kind, string Node, TimeSpan For);
