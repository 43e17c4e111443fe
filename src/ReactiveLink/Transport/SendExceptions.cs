using System.Net.Sockets;

namespace ReactiveLink;

/// <summary>An outgoing message does not fit into one datagram; nothing was sent.</summary>
public sealed class DatagramTooLargeException : ArgumentException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="size">The size of the datagram in bytes.</param>
    /// <param name="limit">The limit in bytes.</param>
    public DatagramTooLargeException(int size, int limit)
        : base(string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"The datagram would have {size} bytes; the limit is {limit}. Send less at once, or use a compressed frame format."))
    {
        Size = size;
        Limit = limit;
    }

    /// <summary>The size of the datagram in bytes.</summary>
    public int Size { get; }

    /// <summary>The limit in bytes.</summary>
    public int Limit { get; }
}

/// <summary>A datagram could not be sent; <see cref="Reason"/> says why.</summary>
public sealed class DatagramSendException : IOException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="message">What happened and what to do.</param>
    /// <param name="innerException">The socket's error, if there was one.</param>
    public DatagramSendException(FaultReason reason, string message, Exception? innerException = null)
        : base(message, innerException) => Reason = reason;

    /// <summary>Why: <see cref="FaultReason.SocketError"/> or <see cref="FaultReason.QueueFull"/>.</summary>
    public FaultReason Reason { get; }

    /// <summary>The socket's error, if there was one.</summary>
    public SocketError? SocketError => (InnerException as SocketException)?.SocketErrorCode;
}

/// <summary>A transport or link could not be opened; the message says why and what to do.</summary>
public sealed class LinkOpenException : IOException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">Why, and what to do.</param>
    /// <param name="innerException">The cause.</param>
    public LinkOpenException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    /// <summary>The socket's error, if there was one.</summary>
    public SocketError? SocketError => (InnerException as SocketException)?.SocketErrorCode;
}
