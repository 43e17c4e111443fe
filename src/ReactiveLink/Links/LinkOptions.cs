using Microsoft.Extensions.Logging;

namespace ReactiveLink;

/// <summary>How a link works. Immutable; every default is what the property says.</summary>
public sealed record LinkOptions
{
    /// <summary>What every platform's timers can do.</summary>
    internal static readonly TimeSpan LongestInterval = TimeSpan.FromDays(24);

    internal static readonly TimeSpan ShortestSilence = TimeSpan.FromMilliseconds(20);

    internal static readonly TimeSpan LongestSilence = TimeSpan.FromDays(1);

    /// <summary>The frame around each message. Default: <see cref="FrameFormat.CrcSequenced"/>.</summary>
    public FrameFormat Frame { get; init; } = FrameFormat.CrcSequenced;

    /// <summary>How payloads become messages. Default: the JSON envelope.</summary>
    public IMessageCodec Codec { get; init; } = MessageCodecs.Json;

    /// <summary>Sequence tracking per remote endpoint: its thresholds, the cap on peers, their idle expiry.</summary>
    public SequenceOptions Sequencing { get; init; } = new();

    /// <summary>Heartbeats: when they are sent, and how many misses make a peer silent. Default: null, none are sent, answered or looked for. Needs a codec that carries JSON.</summary>
    public HeartbeatOptions? Heartbeat { get; init; }

    /// <summary>A peer not heard for this long is <see cref="PeerState.Silent"/>. Default: 3 s; 20 ms to 1 day. With <see cref="Heartbeat"/> its interval times its misses stands in place of it.</summary>
    public TimeSpan SilentAfter { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>The socket. <see cref="UdpLink.Open"/> and <see cref="UdpLink.Connect"/> fill in the endpoints; its own send queue is not used by a link.</summary>
    public UdpTransportOptions Transport { get; init; } = new();

    /// <summary>What a handler gets that is registered without options of its own.</summary>
    public RouteOptions Routes { get; init; } = new();

    /// <summary>The source that outgoing messages name. Default: <c>reactivelink</c>.</summary>
    public string Source { get; init; } = "reactivelink";

    /// <summary>
    /// The sequence number of the first datagram sent, any of 32 bits; they wrap. Default 0, as the frames of profile A begin. A random one (RFC 3550 section 5.1) keeps
    /// a sender that begins anew from looking like duplicates of its last numbers, and is harder to forge.
    /// </summary>
    public uint InitialSequence { get; init; }

    /// <summary>Messages that may wait to be sent, over all priorities. Default: 1024. When full, a waiting message of lower priority gives way, else the new one is refused; 1 to 1,048,576.</summary>
    public int SendQueueCapacity { get; init; } = 1024;

    /// <summary>Requests that may wait for their answers. Default: 1024; 1 to 1,048,576. When full, a further one is refused.</summary>
    public int MaximumRequests { get; init; } = 1024;

    /// <summary>How long a request waits for its answer where the caller does not say. Default: 5 s; above zero, at most 24 days.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Messages that may wait for <see cref="UdpLink.ReceiveAsync"/>, and calls of it that may wait for messages. Default: 1000. When full, the newest message is dropped, a further call refused; 1 to 1,048,576.</summary>
    public int ReceiveCapacity { get; init; } = 1000;

    /// <summary>
    /// Whether receiving starts with the first consumer. Default: yes. Off, it starts with <see cref="UdpLink.Start"/>: for several consumers, none of which may
    /// miss a datagram.
    /// </summary>
    public bool AutoStart { get; init; } = true;

    /// <summary>How often <see cref="UdpLink.Statistics"/> gives a snapshot. Default: 1 s; 1 ms to 24 days.</summary>
    public TimeSpan StatisticsInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>At most one log line per fault reason in this time. Default: 10 s; at most 24 days.</summary>
    public TimeSpan FaultLogInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Peers that the meter <c>ReactiveLink</c> shows one by one. Default: 32; 0 to 65,536. The others are in the figures of the link alone.</summary>
    public int MeterPeers { get; init; } = 32;

    /// <summary>Where the log goes. Default: nowhere.</summary>
    public ILoggerFactory? LoggerFactory { get; init; }

    /// <summary>Checks all options at once, those of <see cref="Transport"/> included; opening a link does the same.</summary>
    /// <exception cref="ArgumentException">Some are wrong; the message names every error.</exception>
    public void Validate() => Validate("options", withTransport: true);

    internal void Validate(string parameterName, bool withTransport)
    {
        List<string> errors = [];
        Require(errors, Frame is not null, "Frame is null: set a FrameFormat, for example FrameFormat.CrcSequenced.");
        Require(errors, Codec is not null, "Codec is null: set one of MessageCodecs, or your own.");
        Require(errors, Sequencing is not null, "Sequencing is null: leave it out for the defaults.");
        Require(errors, Transport is not null, "Transport is null: leave it out for the defaults.");
        Require(errors, Routes is not null, "Routes is null: leave it out for the defaults.");
        Require(errors, !string.IsNullOrEmpty(Source), "Source is empty: name this sender.");
        Require(errors, SendQueueCapacity is >= 1 and <= 1 << 20, "SendQueueCapacity must be from 1 to 1048576.");
        Require(errors, ReceiveCapacity is >= 1 and <= 1 << 20, "ReceiveCapacity must be from 1 to 1048576.");
        Require(errors, MaximumRequests is >= 1 and <= 1 << 20, "MaximumRequests must be from 1 to 1048576.");
        Require(errors, RequestTimeout > TimeSpan.Zero && RequestTimeout <= LongestInterval, "RequestTimeout must be above zero and at most 24 days.");
        Require(errors, StatisticsInterval >= TimeSpan.FromMilliseconds(1) && StatisticsInterval <= LongestInterval, "StatisticsInterval must be from 1 ms to 24 days.");
        Require(errors, FaultLogInterval >= TimeSpan.Zero && FaultLogInterval <= LongestInterval, "FaultLogInterval must be from zero to 24 days.");
        Require(errors, MeterPeers is >= 0 and <= 65_536, "MeterPeers must be from 0 to 65536.");
        Require(errors, SilentAfter >= ShortestSilence && SilentAfter <= LongestSilence, "SilentAfter must be from 20 ms to 1 day.");
        Require(
            errors,
            Heartbeat is null || Codec is null or { DataFormat: DataFormat.Json },
            "Heartbeat needs a codec that carries JSON, for example MessageCodecs.Json: leave it out, or change Codec.");
        Collect(errors, () => Heartbeat?.Validate(nameof(Heartbeat)));
        Collect(errors, () => Frame?.Validate(nameof(Frame)));
        Collect(errors, () => Sequencing?.Validate(nameof(Sequencing)));
        Collect(errors, () => Routes?.Validate(nameof(Routes)));
        if (withTransport)
        {
            Collect(errors, () => Transport?.Validate());
        }

        if (errors.Count > 0)
        {
            throw new ArgumentException("The link's options are not valid: " + string.Join(" ", errors), parameterName);
        }
    }

    private static void Collect(List<string> errors, Action validate)
    {
        try
        {
            validate();
        }
        catch (ArgumentException exception)
        {
            errors.Add(exception.Message);
        }
    }

    private static void Require(List<string> errors, bool holds, string error)
    {
        if (!holds)
        {
            errors.Add(error);
        }
    }
}
