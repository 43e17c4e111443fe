using System.Reactive.Linq;

namespace ReactiveLink;

/// <summary>Operators over streams of messages.</summary>
public static partial class MessageObservable
{
    /// <summary>
    /// The messages of one type.
    /// <list type="table">
    /// <listheader><term>input</term><description>output</description></listheader>
    /// <item><term>a message of the type, whatever its verdict</term><description>the message</description></item>
    /// <item><term>another message</term><description>nothing: it was not asked for, so it is not a fault</description></item>
    /// <item><term>error, completion</term><description>passed on</description></item>
    /// </list>
    /// Keeps no state.
    /// </summary>
    /// <param name="source">The messages.</param>
    /// <param name="type">The type; words are compared exactly.</param>
    /// <returns>A stream as hot or cold as its source.</returns>
    public static IObservable<Message> OfMessageType(this IObservable<Message> source, MessageType type)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.Where(message => message.Type == type);
    }

    /// <summary>The messages of any of several types; otherwise as <see cref="OfMessageType(IObservable{Message}, MessageType)"/>.</summary>
    /// <param name="source">The messages.</param>
    /// <param name="types">The types; none gives no messages.</param>
    /// <returns>A stream as hot or cold as its source.</returns>
    public static IObservable<Message> OfMessageType(this IObservable<Message> source, params MessageType[] types)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(types);
        MessageType[] wanted = [.. types];
        return source.Where(message => Array.IndexOf(wanted, message.Type) >= 0);
    }
}
