namespace ReactiveLink;

/// <summary>A decoded message with its metadata, its data, and where it came from. Immutable; may be kept.</summary>
public sealed class Message
{
    private readonly Sequenced<Frame> _frame;

    /// <summary>Makes a message; codecs and tests do.</summary>
    /// <param name="frame">The frame that carried it, with its verdict.</param>
    /// <param name="metadata">What its envelope says.</param>
    /// <param name="data">Its data.</param>
    /// <param name="dataFormat">What the data is.</param>
    public Message(in Sequenced<Frame> frame, MessageMetadata metadata, ReadOnlyMemory<byte> data, DataFormat dataFormat)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        _frame = frame;
        Metadata = metadata;
        Data = data;
        DataFormat = dataFormat;
    }

    /// <summary>All that the envelope says.</summary>
    public MessageMetadata Metadata { get; }

    /// <summary>The message's type.</summary>
    public MessageType Type => Metadata.Type;

    /// <summary>The sender's name for itself.</summary>
    public string Source => Metadata.Source;

    /// <summary>The data, in <see cref="DataFormat"/>.</summary>
    public ReadOnlyMemory<byte> Data { get; }

    /// <summary>What <see cref="Data"/> is.</summary>
    public DataFormat DataFormat { get; }

    /// <summary>The remote endpoint that sent it.</summary>
    public UdpEndpoint Peer => _frame.Value.Datagram.Remote;

    /// <summary>When it was received, by the scheduler's clock.</summary>
    public DateTimeOffset ReceivedAt => _frame.Value.Datagram.ReceivedAt;

    /// <summary>The frame that carried it.</summary>
    public Frame Frame => _frame.Value;

    /// <summary>Its sequence number, or null where the frame format has none.</summary>
    public uint? Sequence => _frame.Value.Sequence;

    /// <summary>What sequencing says of it, or null where the frame format has no sequence.</summary>
    public Verdict? Verdict => _frame.Value.HasSequence ? _frame.Verdict : null;
}
