namespace ReactiveLink;

/// <summary>Why something was refused or lost: a closed set. <see cref="FaultReasons.ToName"/> gives the text used in output and docs.</summary>
public enum FaultReason
{
    /// <summary><c>crc-mismatch</c>: the CRC-32 of a frame does not match its bytes; the datagram is dropped.</summary>
    CrcMismatch,

    /// <summary><c>too-short</c>: a datagram is shorter than the header of its frame format; it is dropped.</summary>
    TooShort,

    /// <summary><c>truncated</c>: a datagram was larger than the receive buffer and was cut by it; it is dropped, never delivered cut.</summary>
    Truncated,

    /// <summary><c>decompress-failed</c>: a compressed frame is not one whole zlib stream; it is dropped.</summary>
    DecompressFailed,

    /// <summary><c>decompress-too-large</c>: a compressed frame would exceed the bound on the decompressed size; it is dropped.</summary>
    DecompressTooLarge,

    /// <summary><c>decode-failed</c>: a payload is not a message of its codec, or its data is not of the type asked for.</summary>
    DecodeFailed,

    /// <summary><c>oversize</c>: an outgoing message does not fit into one datagram; nothing was sent.</summary>
    Oversize,

    /// <summary><c>queue-full</c>: a bounded queue was full and its overflow policy dropped an item.</summary>
    QueueFull,

    /// <summary><c>handler-failed</c>: a message handler threw.</summary>
    HandlerFailed,

    /// <summary><c>handler-timeout</c>: a message handler ran longer than its timeout; its cancellation token was signalled.</summary>
    HandlerTimeout,

    /// <summary><c>peer-limit</c>: a datagram of an unknown peer was refused, because the table of peers is full.</summary>
    PeerLimit,

    /// <summary><c>kernel-drop</c>: the operating system dropped datagrams because the socket's receive buffer was full.</summary>
    KernelDrop,

    /// <summary><c>socket-error</c>: a socket reported an error on receiving or sending; the transport goes on or rebinds.</summary>
    SocketError,

    /// <summary><c>subscriber-failed</c>: a subscriber threw from its OnNext and lost its subscription.</summary>
    SubscriberFailed,

    /// <summary><c>too-late</c>: an item came after resequencing had given up on it, and was dropped to keep the order.</summary>
    TooLate,

    /// <summary><c>duplicate</c>: a duplicate was dropped by an operator that delivers every number once.</summary>
    Duplicate,

    /// <summary><c>parse-failed</c>: a user's parser refused a datagram; it is dropped.</summary>
    ParseFailed,

    /// <summary><c>not-member</c>: a multicast datagram of a group that this transport did not join was dropped.</summary>
    NotMember,

    /// <summary><c>source-failed</c>: the stream that a handler was subscribed to ended with an error; what waited is still handled.</summary>
    SourceFailed,

    /// <summary><c>capture-failed</c>: datagrams could not be written to their capture file any more; the stream itself goes on.</summary>
    CaptureFailed,

    /// <summary><c>draining</c>: messages came while their handler was drained, or were not handled when the time for that was up; they were dropped.</summary>
    Draining,
}
