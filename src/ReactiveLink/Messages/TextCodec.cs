using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Unicode;

namespace ReactiveLink;

/// <summary>
/// A payload that is UTF-8 text and nothing else. Messages have the default metadata: type <see cref="MessageType.Data"/>, priority normal, no
/// id, no source, timestamp 0. <see cref="MessageCodecs.Text"/> is an instance.
/// <list type="table">
/// <listheader><term>payload</term><description>message or error</description></listheader>
/// <item><term>valid UTF-8, also empty</term><description>a message whose data is the payload itself, not a copy</description></item>
/// <item><term>anything else</term><description>refused: decode-failed</description></item>
/// </list>
/// </summary>
public sealed class TextCodec : IMessageCodec
{
    private const string NotUtf8 = "the payload is not UTF-8";

    /// <inheritdoc/>
    public string Name => "text";

    /// <inheritdoc/>
    public DataFormat DataFormat => DataFormat.Text;

    /// <inheritdoc/>
    public bool TryDecode(in Sequenced<Frame> frame, [NotNullWhen(true)] out Message? message, [NotNullWhen(false)] out string? error)
    {
        var payload = frame.Value.Payload;
        if (!Utf8.IsValid(payload.Span))
        {
            message = null;
            error = NotUtf8;
            return false;
        }

        message = new Message(frame, MessageMetadata.Default, payload, DataFormat.Text);
        error = null;
        return true;
    }

    /// <inheritdoc/>
    public void Encode(MessageMetadata metadata, ReadOnlySpan<byte> data, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        ArgumentNullException.ThrowIfNull(output);
        if (!Utf8.IsValid(data))
        {
            throw new ArgumentException("The data is not UTF-8. Send bytes with the bytes codec.", nameof(data));
        }

        output.Write(data);
    }
}
