namespace ReactiveLink;

/// <summary>A request was answered by an error: the peer's handler failed, or could not say its answer.</summary>
public sealed class RequestFailedException : Exception
{
    internal RequestFailedException(Message reply)
        : base($"{reply.Peer} answered the request with an error: {Text(reply)}. Its own faults say more.") => Reply = reply;

    /// <summary>The answer, of type <see cref="MessageType.Error"/>; another ReactiveLink's data is <c>{"error":reason}</c>, with the name of a <see cref="FaultReason"/>.</summary>
    public Message Reply { get; }

    private static string Text(Message reply)
    {
        const int Longest = 200;
        var text = reply.DataAsText();
        return text.Length <= Longest ? text : string.Concat(text.AsSpan(0, Longest), "…");
    }
}
