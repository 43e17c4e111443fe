using Microsoft.Extensions.Configuration;

namespace ReactiveLink.Hosting.Settings;

/// <summary>The keys of a link's section. Those of options are the options' own names; what cannot be written as text (a logger, a scheduler) has none.</summary>
internal static class LinkSettings
{
    /// <summary>Reads a section onto options. What is wrong is among their errors afterwards.</summary>
    public static void Read(IConfiguration section, HostedLinkOptions options)
    {
        var reader = new SettingsReader(section, "a link", options.Errors);
        options.Listen = reader.Text(nameof(options.Listen), options.Listen);
        options.Connect = reader.Text(nameof(options.Connect), options.Connect);
        options.Link = Link(reader, options.Link);
        foreach (var handler in reader.Sections("Handlers"))
        {
            options.HandlerSections.Add(handler);
        }

        // Read by the health check's own options.
        reader.Sections("Health");
        reader.End();
    }

    public static void ReadHealth(IConfiguration section, LinkHealthOptions options)
    {
        var reader = new SettingsReader(section, "a health check", options.Errors);
        options.MaximumSilence = reader.Time(nameof(options.MaximumSilence), options.MaximumSilence);
        options.MaximumLoss = reader.Double(nameof(options.MaximumLoss), options.MaximumLoss);
        options.LossWindow = reader.Time(nameof(options.LossWindow), options.LossWindow);
        options.MinimumDatagrams = reader.Int32(nameof(options.MinimumDatagrams), options.MinimumDatagrams);
        options.SilenceStatus = reader.Enumeration(nameof(options.SilenceStatus), options.SilenceStatus);
        options.LossStatus = reader.Enumeration(nameof(options.LossStatus), options.LossStatus);
        reader.End();
    }

    public static RouteOptions Route(IConfiguration section, RouteOptions options, List<string> errors)
    {
        var reader = new SettingsReader(section, "a handler", errors);
        options = Route(reader, options);
        reader.End();
        return options;
    }

    private static LinkOptions Link(SettingsReader reader, LinkOptions options) => options with
    {
        Frame = reader.Parsed(nameof(options.Frame), options.Frame, FrameFormat.Parse) with
        {
            MaximumDecompressedSize = reader.Int32(nameof(FrameFormat.MaximumDecompressedSize), options.Frame.MaximumDecompressedSize),
        },
        Codec = reader.Parsed(nameof(options.Codec), options.Codec, Codec),
        Sequencing = reader.Section(nameof(options.Sequencing), options.Sequencing, "sequencing", Sequencing),
        Heartbeat = reader.Section(nameof(options.Heartbeat), options.Heartbeat, "heartbeats", static () => new HeartbeatOptions(), Heartbeat),
        SilentAfter = reader.Time(nameof(options.SilentAfter), options.SilentAfter),
        MaximumRequests = reader.Int32(nameof(options.MaximumRequests), options.MaximumRequests),
        RequestTimeout = reader.Time(nameof(options.RequestTimeout), options.RequestTimeout),
        Transport = reader.Section(nameof(options.Transport), options.Transport, "a transport", Transport),
        Routes = reader.Section(nameof(options.Routes), options.Routes, "routes", Route),
        Source = reader.Text(nameof(options.Source), options.Source)!,
        InitialSequence = reader.UInt32(nameof(options.InitialSequence), options.InitialSequence),
        SendQueueCapacity = reader.Int32(nameof(options.SendQueueCapacity), options.SendQueueCapacity),
        ReceiveCapacity = reader.Int32(nameof(options.ReceiveCapacity), options.ReceiveCapacity),
        AutoStart = reader.Boolean(nameof(options.AutoStart), options.AutoStart),
        StatisticsInterval = reader.Time(nameof(options.StatisticsInterval), options.StatisticsInterval),
        FaultLogInterval = reader.Time(nameof(options.FaultLogInterval), options.FaultLogInterval),
        MeterPeers = reader.Int32(nameof(options.MeterPeers), options.MeterPeers),
    };

    private static SequenceOptions Sequencing(SettingsReader reader, SequenceOptions options) => options with
    {
        Probation = reader.Int32(nameof(options.Probation), options.Probation),
        MaximumDropout = reader.Int32(nameof(options.MaximumDropout), options.MaximumDropout),
        MaximumMisorder = reader.Int32(nameof(options.MaximumMisorder), options.MaximumMisorder),
        MaximumPeers = reader.Int32(nameof(options.MaximumPeers), options.MaximumPeers),
        PeerIdleExpiry = reader.Time(nameof(options.PeerIdleExpiry), options.PeerIdleExpiry),
    };

    private static HeartbeatOptions Heartbeat(SettingsReader reader, HeartbeatOptions options) => options with
    {
        Interval = reader.Time(nameof(options.Interval), options.Interval),
        Misses = reader.Int32(nameof(options.Misses), options.Misses),
        MeasureInterval = reader.Time(nameof(options.MeasureInterval), options.MeasureInterval),
        MaximumPeers = reader.Int32(nameof(options.MaximumPeers), options.MaximumPeers),
        MaximumAnswers = reader.Int32(nameof(options.MaximumAnswers), options.MaximumAnswers),
    };

    private static UdpTransportOptions Transport(SettingsReader reader, UdpTransportOptions options) => options with
    {
        DualStack = reader.Boolean(nameof(options.DualStack), options.DualStack),
        MulticastGroups = reader.List(nameof(options.MulticastGroups), MulticastGroup.Parse) is { } groups ? [.. groups] : options.MulticastGroups,
        MulticastTimeToLive = reader.Int32(nameof(options.MulticastTimeToLive), options.MulticastTimeToLive),
        MulticastLoopback = reader.Boolean(nameof(options.MulticastLoopback), options.MulticastLoopback),
        MulticastInterface = reader.Text(nameof(options.MulticastInterface), options.MulticastInterface),
        Broadcast = reader.Boolean(nameof(options.Broadcast), options.Broadcast),
        ReuseAddress = reader.Boolean(nameof(options.ReuseAddress), options.ReuseAddress),
        ReceiveBufferSize = reader.Int32(nameof(options.ReceiveBufferSize), options.ReceiveBufferSize),
        ForceReceiveBuffer = reader.Boolean(nameof(options.ForceReceiveBuffer), options.ForceReceiveBuffer),
        SendBufferSize = reader.Int32(nameof(options.SendBufferSize), options.SendBufferSize),
        MaximumDatagramSize = reader.Int32(nameof(options.MaximumDatagramSize), options.MaximumDatagramSize),
        PayloadMemory = reader.Enumeration(nameof(options.PayloadMemory), options.PayloadMemory),
        ReceiveCoalescing = reader.Boolean(nameof(options.ReceiveCoalescing), options.ReceiveCoalescing),
        PromptKernelDrops = reader.Boolean(nameof(options.PromptKernelDrops), options.PromptKernelDrops),
        KernelTimestamps = reader.Boolean(nameof(options.KernelTimestamps), options.KernelTimestamps),
        SendSegmentation = reader.Boolean(nameof(options.SendSegmentation), options.SendSegmentation),
        Engine = reader.Enumeration(nameof(options.Engine), options.Engine),
        RebindDelay = reader.Time(nameof(options.RebindDelay), options.RebindDelay),
        MaximumRebindDelay = reader.Time(nameof(options.MaximumRebindDelay), options.MaximumRebindDelay),
        MaximumInternedEndpoints = reader.Int32(nameof(options.MaximumInternedEndpoints), options.MaximumInternedEndpoints),
        EndpointIdleTimeout = reader.Time(nameof(options.EndpointIdleTimeout), options.EndpointIdleTimeout),
    };

    private static RouteOptions Route(SettingsReader reader, RouteOptions options) => options with
    {
        Name = reader.Text(nameof(options.Name), options.Name),
        Capacity = reader.Int32(nameof(options.Capacity), options.Capacity),
        Concurrency = reader.Int32(nameof(options.Concurrency), options.Concurrency),
        Timeout = reader.Time(nameof(options.Timeout), options.Timeout),
        Overflow = reader.Enumeration(nameof(options.Overflow), options.Overflow),
    };

    private static IMessageCodec Codec(string name) => name switch
    {
        "json" => MessageCodecs.Json,
        "text" => MessageCodecs.Text,
        "bytes" => MessageCodecs.Bytes,
        _ => throw new FormatException($"There is no codec \"{name}\"; use json, text or bytes."),
    };
}
