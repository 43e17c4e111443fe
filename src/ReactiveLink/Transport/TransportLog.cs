using Microsoft.Extensions.Logging;

namespace ReactiveLink.Transport;

/// <summary>The transport's log messages, ids 1000 to 1099. All are rare: opening, closing, losing and rebinding a socket.</summary>
internal static partial class TransportLog
{
    [LoggerMessage(1000, LogLevel.Debug, "Bound {Local}.")]
    public static partial void Bound(ILogger logger, UdpEndpoint local);

    [LoggerMessage(1001, LogLevel.Warning, "The system granted a receive buffer of {Granted} bytes, {Wanted} were asked for. "
        + "Raise its limit (on Linux sysctl net.core.rmem_max) or ask for less; bursts may be dropped.")]
    public static partial void ReceiveBufferSmaller(ILogger logger, int wanted, int granted);

    [LoggerMessage(1002, LogLevel.Warning, "The socket {Local} was lost; binding it again.")]
    public static partial void SocketLost(ILogger logger, Exception cause, UdpEndpoint local);

    [LoggerMessage(1003, LogLevel.Warning, "The socket {Local} cannot be bound again yet; next attempt in {Delay}.")]
    public static partial void RebindFailed(ILogger logger, Exception cause, UdpEndpoint local, TimeSpan delay);

    [LoggerMessage(1004, LogLevel.Information, "Bound {Local} again.")]
    public static partial void Rebound(ILogger logger, UdpEndpoint local);

    [LoggerMessage(1005, LogLevel.Debug, "Closed {Local}.")]
    public static partial void Closed(ILogger logger, UdpEndpoint local);

    [LoggerMessage(1006, LogLevel.Error, "Receiving on {Local} ended with an unexpected error.")]
    public static partial void Failed(ILogger logger, Exception cause, UdpEndpoint local);

    /// <summary>Logs; a logger that throws must not end the receive loop.</summary>
    public static void Guarded(ILogger logger, Action<ILogger> log)
    {
        try
        {
            log(logger);
        }
        catch (Exception)
        {
            // There is nowhere left to report a failing logger.
        }
    }
}
