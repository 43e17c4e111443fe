using ReactiveLink.Messages;
using ReactiveLink.Transport;

namespace ReactiveLink;

/// <summary>
/// A message whose data was read as a <typeparamref name="T"/>. Immutable; may be kept, unless its datagram is lent (<see cref="Datagram.IsLent"/>).
/// </summary>
/// <typeparam name="T">The type of the data.</typeparam>
public sealed class Message<T> : IHasPeer, ILendable
{
    /// <summary>Makes a typed message; <c>DataAs</c> and tests do.</summary>
    /// <param name="envelope">The message.</param>
    /// <param name="data">Its data.</param>
    public Message(Message envelope, T data)
        : this(envelope, data, key: null)
    {
        ArgumentNullException.ThrowIfNull(envelope);
    }

    internal Message(Message envelope, T data, object? key)
    {
        Envelope = envelope;
        Data = data;
        Key = key;
    }

    /// <summary>The message as it came.</summary>
    public Message Envelope { get; }

    /// <summary>The data; never null where <c>DataAs</c> made the message.</summary>
    public T Data { get; }

    /// <summary>The message's type.</summary>
    public MessageType Type => Envelope.Type;

    /// <summary>The sender's name for itself; empty where it gave none.</summary>
    public string Source => Envelope.Source;

    /// <summary>The message's priority.</summary>
    public Priority Priority => Envelope.Priority;

    /// <summary>When the sender made it: seconds since 1970-01-01 UTC.</summary>
    public double Timestamp => Envelope.Timestamp;

    /// <summary><see cref="Timestamp"/> as a date, held within the range of <see cref="DateTimeOffset"/>.</summary>
    public DateTimeOffset SentAt => Envelope.SentAt;

    /// <summary>The remote endpoint that sent it.</summary>
    public UdpEndpoint Peer => Envelope.Peer;

    /// <summary>Its sequence number, or null where the frame format has none.</summary>
    public uint? Sequence => Envelope.Sequence;

    /// <summary>What sequencing says of it, or null where the frame format has no sequence.</summary>
    public Verdict? Verdict => Envelope.Verdict;

    /// <summary>When it was received, by the scheduler's clock.</summary>
    public DateTimeOffset ReceivedAt => Envelope.ReceivedAt;

    /// <summary>
    /// What may be kept after OnNext: this message, or a new one with a copy of the payload where that is lent. The data is the same object: where it is
    /// memory, or refers to some, that was the reader's to copy.
    /// </summary>
    /// <returns>A message whose datagram is not lent.</returns>
    public Message<T> Keep() => Envelope.Frame.Datagram.IsLent ? new Message<T>(Envelope.Keep(), Data, Key) : this;

    object ILendable.Keep() => Keep();

    /// <summary>How the data was read: the options or the type info. Two readings by one key are one.</summary>
    internal object? Key { get; }
}
