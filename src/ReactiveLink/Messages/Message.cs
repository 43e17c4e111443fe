using System.Text;
using ReactiveLink.Messages;
using ReactiveLink.Transport;

namespace ReactiveLink;

/// <summary>
/// A decoded message with its metadata, its data, and where it came from. Immutable; may be kept (it then keeps its payload, see
/// <see cref="Datagram"/>; where that is lent, by way of <see cref="Keep"/>). Strings and typed data are decoded when first asked for, and remembered; every member is safe on any thread.
/// </summary>
public sealed partial class Message : IHasPeer, ILendable
{
    private static readonly ReadOnlyMemory<byte> JsonNull = "null"u8.ToArray();

    private readonly Frame _frame;
    private readonly Verdict _verdict;
    private readonly JsonSlice _id;
    private readonly JsonSlice _sourceSlice;
    private readonly JsonSlice _destination;
    private readonly JsonSlice _correlationId;
    private readonly TraceSlices? _trace;
    private MessageMetadata? _metadata;
    private string? _source;

    /// <summary>Makes a message; codecs and tests do.</summary>
    /// <param name="frame">The frame that carried it, with its verdict.</param>
    /// <param name="metadata">What its envelope says.</param>
    /// <param name="data">Its data; the caller must not change it afterwards.</param>
    /// <param name="dataFormat">What the data is.</param>
    public Message(in Sequenced<Frame> frame, MessageMetadata metadata, ReadOnlyMemory<byte> data, DataFormat dataFormat)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        _frame = frame.Value;
        _verdict = frame.Verdict;
        _metadata = metadata;
        _source = metadata.Source;
        Type = metadata.Type;
        Timestamp = metadata.Timestamp;
        Priority = metadata.Priority;
        Data = data;
        DataFormat = dataFormat;
    }

    /// <summary>A message that decodes its strings from its payload, when asked.</summary>
    internal Message(in Sequenced<Frame> frame, in EnvelopeFields fields)
    {
        _frame = frame.Value;
        _verdict = frame.Verdict;
        _id = fields.Id;
        _sourceSlice = fields.Source;
        _destination = fields.Destination;
        _correlationId = fields.CorrelationId;
        _trace = TraceSlices.Of(fields);
        Type = fields.Type;
        Timestamp = fields.Timestamp;
        Priority = fields.Priority;
        Data = fields.DataLength == 0 ? JsonNull : frame.Value.Payload.Slice(fields.DataOffset, fields.DataLength);
        DataFormat = DataFormat.Json;
    }

    private Message(Message lent, in Frame kept)
    {
        _frame = kept;
        _verdict = lent._verdict;
        _id = lent._id;
        _sourceSlice = lent._sourceSlice;
        _destination = lent._destination;
        _correlationId = lent._correlationId;
        _trace = lent._trace;
        _metadata = Volatile.Read(ref lent._metadata);
        _source = Volatile.Read(ref lent._source);
        Type = lent.Type;
        Timestamp = lent.Timestamp;
        Priority = lent.Priority;
        Data = Lent.Move(lent.Data, lent._frame.Datagram.Payload, kept.Datagram.Payload);
        DataFormat = lent.DataFormat;
    }

    /// <summary>All that the envelope says. The same object each time.</summary>
    public MessageMetadata Metadata => Volatile.Read(ref _metadata) ?? DecodeMetadata();

    /// <summary>Unique per sender; empty where the sender gave none.</summary>
    public string Id => Metadata.Id;

    /// <summary>The message's type.</summary>
    public MessageType Type { get; }

    /// <summary>When the sender made it: seconds since 1970-01-01 UTC, exactly as on the wire; 0 where the sender gave none.</summary>
    public double Timestamp { get; }

    /// <summary><see cref="Timestamp"/> as a date, rounded to 100 ns and held within the range of <see cref="DateTimeOffset"/>.</summary>
    public DateTimeOffset SentAt => ToDate(Timestamp);

    /// <summary>The message's priority; a number outside 1 to 4 is kept.</summary>
    public Priority Priority { get; }

    /// <summary>The sender's name for itself; empty where it gave none. Names that come again and again are one string.</summary>
    public string Source => Volatile.Read(ref _source) ?? DecodeSource();

    /// <summary>Whom it is meant for, or null for everyone.</summary>
    public string? Destination => Metadata.Destination;

    /// <summary>The id of the message that this one answers, or null.</summary>
    public string? CorrelationId => Metadata.CorrelationId;

    /// <summary>Whether it answers another, without decoding what.</summary>
    internal bool HasCorrelationId => _correlationId.IsPresent || Volatile.Read(ref _metadata) is { CorrelationId: not null };

    /// <summary>The data, in <see cref="DataFormat"/>: a slice of the payload, not a copy.</summary>
    public ReadOnlyMemory<byte> Data { get; }

    /// <summary>What <see cref="Data"/> is.</summary>
    public DataFormat DataFormat { get; }

    /// <summary>The remote endpoint that sent it.</summary>
    public UdpEndpoint Peer => _frame.Datagram.Remote;

    /// <summary>When it was received, by the scheduler's clock.</summary>
    public DateTimeOffset ReceivedAt => _frame.Datagram.ReceivedAt;

    /// <summary>The frame that carried it.</summary>
    public Frame Frame => _frame;

    /// <summary>Its sequence number, or null where the frame format has none.</summary>
    public uint? Sequence => _frame.Sequence;

    /// <summary>What sequencing says of it, or null where the frame format has no sequence.</summary>
    public Verdict? Verdict => _frame.HasSequence ? _verdict : null;

    /// <summary>
    /// The data as text: JSON as it is on the wire (a JSON string with its quotes and escapes), text as it is; bytes that are not UTF-8 become
    /// U+FFFD. A new string each time.
    /// </summary>
    /// <returns>The text.</returns>
    public string DataAsText() => Encoding.UTF8.GetString(Data.Span);

    /// <summary>What may be kept after OnNext: this message, or a new one with a copy of the payload where that is lent.</summary>
    /// <returns>A message whose datagram is not lent.</returns>
    public Message Keep() => _frame.Datagram.IsLent ? new Message(this, _frame.Keep()) : this;

    object ILendable.Keep() => Keep();

    Message IHasPeer.Envelope => this;

    private static DateTimeOffset ToDate(double seconds)
    {
        // Whole seconds and the rest apart: the product of both with 10,000,000 would not fit a double's 53 bits.
        const double First = -62_135_596_800;
        const double Last = 253_402_300_799;
        if (double.IsNaN(seconds))
        {
            return DateTimeOffset.UnixEpoch;
        }

        var whole = Math.Floor(seconds);
        if (whole < First)
        {
            return DateTimeOffset.MinValue;
        }

        if (whole > Last)
        {
            return DateTimeOffset.MaxValue;
        }

        var ticks = DateTimeOffset.UnixEpoch.Ticks + ((long)whole * TimeSpan.TicksPerSecond)
            + (long)Math.Round((seconds - whole) * TimeSpan.TicksPerSecond);
        return new DateTimeOffset(Math.Min(ticks, DateTimeOffset.MaxValue.Ticks), TimeSpan.Zero);
    }

    private string DecodeSource()
    {
        var source = _sourceSlice.Decode(_frame.Payload.Span, intern: true) ?? "";
        return Interlocked.CompareExchange(ref _source, source, comparand: null) ?? source;
    }

    private MessageMetadata DecodeMetadata()
    {
        var payload = _frame.Payload.Span;
        var (traceParent, traceState) = _trace?.Decode(payload) ?? default;
        var metadata = new MessageMetadata
        {
            Id = _id.Decode(payload, intern: false) ?? "",
            Timestamp = Timestamp,
            Type = Type,
            Priority = Priority,
            Source = Source,
            Destination = _destination.Decode(payload, intern: true),
            CorrelationId = _correlationId.Decode(payload, intern: false),
            TraceParent = traceParent,
            TraceState = traceState,
        };
        return Interlocked.CompareExchange(ref _metadata, metadata, comparand: null) ?? metadata;
    }
}
