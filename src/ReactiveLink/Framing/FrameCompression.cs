namespace ReactiveLink;

/// <summary>How a <see cref="FrameFormat"/> compresses.</summary>
public enum FrameCompression
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>Sequence number and payload together are one zlib stream (RFC 1950, with its Adler-32).</summary>
    Zlib,
}
