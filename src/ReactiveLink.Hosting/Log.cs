using Microsoft.Extensions.Logging;

namespace ReactiveLink.Hosting;

/// <summary>The host's log lines of links. Event ids 2000 to 2099.</summary>
internal static partial class Log
{
    [LoggerMessage(EventId = 2000, Level = LogLevel.Information, Message = "Link {Name} is open on {Local} with {Handlers} handlers")]
    public static partial void Opened(ILogger logger, string name, UdpEndpoint local, int handlers);

    [LoggerMessage(EventId = 2001, Level = LogLevel.Error, Message = "Link {Name} could not be opened on {Endpoint}")]
    public static partial void NotOpened(ILogger logger, Exception exception, string name, string? endpoint);

    [LoggerMessage(EventId = 2002, Level = LogLevel.Information, Message = "Link {Name} is being drained: its handlers take no further messages")]
    public static partial void Draining(ILogger logger, string name);

    [LoggerMessage(EventId = 2003, Level = LogLevel.Information, Message = "Link {Name} has handled and sent everything")]
    public static partial void Drained(ILogger logger, string name);

    [LoggerMessage(EventId = 2004, Level = LogLevel.Warning, Message = "Link {Name} was not drained in time: {Unhandled} messages were not handled, {Running} handlers run on, {Unsent} messages were not sent")]
    public static partial void CutOff(ILogger logger, string name, long unhandled, int running, int unsent);
}
