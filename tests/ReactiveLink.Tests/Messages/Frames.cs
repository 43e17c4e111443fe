using System.Net;
using System.Text;

namespace ReactiveLink.Tests.Messages;

/// <summary>Frames made by hand.</summary>
internal static class Frames
{
    public static readonly UdpEndpoint Peer = new(IPAddress.Loopback, 40000);

    public static readonly DateTimeOffset ReceivedAt = new(2024, 5, 6, 7, 8, 9, TimeSpan.Zero);

    public static Sequenced<Frame> Of(ReadOnlyMemory<byte> payload, uint? sequence = 7, Verdict verdict = default)
    {
        var datagram = new Datagram(payload, Peer, ReceivedAt, TimeSpan.Zero);
        return new Sequenced<Frame>(new Frame(datagram, payload, sequence), sequence ?? 0, verdict, Peer: null);
    }

    public static Sequenced<Frame> Of(string payload) => Of(Encoding.UTF8.GetBytes(payload));

    /// <summary>A decoded envelope with this type, source and data.</summary>
    public static Message Message(string type = "data", string source = "plant", string data = "null")
    {
        var json = $$$"""{"metadata":{"message_id":"m-1","message_type":"{{{type}}}","source":"{{{source}}}"},"data":{{{data}}}}""";
        Assert.True(MessageCodecs.Json.TryDecode(Of(json), out var message, out var error), error);
        return message;
    }
}
