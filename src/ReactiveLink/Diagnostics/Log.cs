using Microsoft.Extensions.Logging;

namespace ReactiveLink.Diagnostics;

/// <summary>The link's log lines. Event ids 1 to 99 are the link's; 1000 to 1099 the transport's.</summary>
internal static partial class Log
{
    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "Link open on {Local} (remote {Remote}), frame {Frame}, codec {Codec}")]
    public static partial void LinkOpen(ILogger logger, UdpEndpoint local, object remote, string frame, string codec);

    [LoggerMessage(EventId = 2, Level = LogLevel.Information, Message = "Link on {Local} closed: {Received} received, {Delivered} delivered, {Dropped} dropped")]
    public static partial void LinkClosed(ILogger logger, UdpEndpoint local, long received, long delivered, long dropped);

    [LoggerMessage(EventId = 3, Level = LogLevel.Information, Message = "Link on {Local} is {State}")]
    public static partial void StateChanged(ILogger logger, UdpEndpoint local, ConnectionState state);

#pragma warning disable SYSLIB1015 // The parts of the fault are properties of the line for who searches by them; the text says only those that it has.
    [LoggerMessage(EventId = 4, Level = LogLevel.Warning, Message = "Fault {Fault} ({Suppressed} more of this reason since the last line)")]
    public static partial void Fault(ILogger logger, Exception? exception, Fault fault, string reason, long count, UdpEndpoint? peer, string? detail, long suppressed);
#pragma warning restore SYSLIB1015

    [LoggerMessage(EventId = 5, Level = LogLevel.Error, Message = "Link on {Local} failed and cannot be recovered")]
    public static partial void LinkFailed(ILogger logger, Exception exception, UdpEndpoint local);
}
