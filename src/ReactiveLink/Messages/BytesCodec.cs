using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace ReactiveLink;

/// <summary>
/// A payload that is any bytes. Messages have the default metadata: type <see cref="MessageType.Data"/>, priority normal, no id, no source,
/// timestamp 0. Every payload, also an empty one, is a message whose data is the payload itself, not a copy.
/// <see cref="MessageCodecs.Bytes"/> is an instance.
/// </summary>
public sealed class BytesCodec : IMessageCodec
{
    /// <inheritdoc/>
    public string Name => "bytes";

    /// <inheritdoc/>
    public DataFormat DataFormat => DataFormat.Binary;

    /// <inheritdoc/>
    public bool TryDecode(in Sequenced<Frame> frame, [NotNullWhen(true)] out Message? message, [NotNullWhen(false)] out string? error)
    {
        message = new Message(frame, MessageMetadata.Default, frame.Value.Payload, DataFormat.Binary);
        error = null;
        return true;
    }

    /// <inheritdoc/>
    public void Encode(MessageMetadata metadata, ReadOnlySpan<byte> data, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        ArgumentNullException.ThrowIfNull(output);
        output.Write(data);
    }
}
