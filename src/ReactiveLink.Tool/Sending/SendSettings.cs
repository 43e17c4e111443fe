namespace ReactiveLink.Tool.Sending;

/// <summary>The arguments of <c>send</c>.</summary>
internal sealed record SendSettings
{
    public required string Endpoint { get; init; }

    public FrameFormat Frame { get; init; } = FrameFormat.CrcSequenced;

    public IMessageCodec Codec { get; init; } = MessageCodecs.Json;

    public MessageType Type { get; init; }

    public string Source { get; init; } = ToolCommand.Name;

    public Priority Priority { get; init; } = Priority.Normal;

    public double? Rate { get; init; }

    public long? Count { get; init; }

    public string? From { get; init; }
}
