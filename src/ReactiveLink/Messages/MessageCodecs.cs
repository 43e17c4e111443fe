namespace ReactiveLink;

/// <summary>The codecs that come with the library, ready for use. They are stateless and may be shared.</summary>
public static class MessageCodecs
{
    /// <summary>The JSON envelope with the default limits. The default of a link.</summary>
    public static JsonEnvelopeCodec Json { get; } = new();

    /// <summary>UTF-8 text without an envelope.</summary>
    public static TextCodec Text { get; } = new();

    /// <summary>Any bytes without an envelope.</summary>
    public static BytesCodec Bytes { get; } = new();
}
