using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace ReactiveLink;

/// <summary>What the bytes of <see cref="Message.Data"/> are.</summary>
public enum DataFormat
{
    /// <summary>One JSON value, UTF-8.</summary>
    Json,

    /// <summary>UTF-8 text.</summary>
    Text,

    /// <summary>Any bytes.</summary>
    Binary,
}

/// <summary>
/// Turns a frame's payload into a <see cref="Message"/> and back. Every implementation passes one family of contract tests. Implementations are
/// stateless and may be used by many threads at once.
/// </summary>
public interface IMessageCodec
{
    /// <summary>A short name for logs and output.</summary>
    string Name { get; }

    /// <summary>What the data of its messages is.</summary>
    DataFormat DataFormat { get; }

    /// <summary>Reads a message. Must not throw on any input; the link counts an exception as a failed decode all the same.</summary>
    /// <param name="frame">The frame and its verdict. The message may keep slices of its payload.</param>
    /// <param name="message">The message, if the payload is one.</param>
    /// <param name="error">What is wrong, if it is not: a constant text.</param>
    /// <returns>Whether the payload is a message.</returns>
    bool TryDecode(in Sequenced<Frame> frame, [NotNullWhen(true)] out Message? message, [NotNullWhen(false)] out string? error);

    /// <summary>Writes a message.</summary>
    /// <param name="metadata">Its metadata; a codec without an envelope ignores it.</param>
    /// <param name="data">Its data, in this codec's <see cref="DataFormat"/>.</param>
    /// <param name="output">Where the payload goes.</param>
    /// <exception cref="ArgumentException">The message cannot be written; says why.</exception>
    void Encode(MessageMetadata metadata, ReadOnlySpan<byte> data, IBufferWriter<byte> output);
}
