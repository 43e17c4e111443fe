using System.Net;
using System.Text;

namespace ReactiveLink.Concurrency.Parts;

/// <summary>Messages told apart by their number.</summary>
internal static class TestMessages
{
    public const int Count = 32;

    public static readonly MessageType[] Types = [MessageType.Data, MessageType.Command];

    private static readonly UdpEndpoint Peer = new(IPAddress.Loopback, 40_000);
    private static readonly Message[][] Made = [.. Types.Select(type => (Message[])[.. Enumerable.Range(0, Count).Select(number => Make(type, number))])];

    public static Message Of(int type, int number) => Made[type][number];

    public static int NumberOf(Message message) => Array.IndexOf(Made[0], message) is var number and >= 0 ? number : Array.IndexOf(Made[1], message);

    private static Message Make(MessageType type, int number)
    {
        var json = Encoding.UTF8.GetBytes($$$"""{"metadata":{"message_id":"{{{number}}}","message_type":"{{{type.Name}}}","source":"a"},"data":null}""");
        var datagram = new Datagram(json, Peer, DateTimeOffset.UnixEpoch, TimeSpan.Zero);
        var frame = new Sequenced<Frame>(new Frame(datagram, json, (uint)number), (ulong)number, Verdict.InOrder, Peer: null);
        return MessageCodecs.Json.TryDecode(frame, out var message, out var error) ? message! : throw new InvalidOperationException(error);
    }
}
