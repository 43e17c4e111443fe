using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Dashboard.Feed;

namespace Dashboard.Server;

/// <summary>Events as they go over the wire (the event stream format of the HTML standard), made once for all clients: one or none of each kind.</summary>
internal sealed class EventBlock
{
    /// <summary>How many kinds there are.</summary>
    public const int Kinds = (int)EventKind.Messages + 1;

    private static readonly string[] Names = [.. Enum.GetNames<EventKind>().Select(name => name.ToLowerInvariant())];

    private readonly byte[]?[] _events = new byte[]?[Kinds];

    /// <summary>The bytes of a kind, or null.</summary>
    public byte[]? this[int kind] => _events[kind];

    /// <summary>What a tick has to tell.</summary>
    public static EventBlock Of(FeedUpdate update)
    {
        var block = new EventBlock();
        block.Set(EventKind.Link, update.Link, DashboardJson.Plain.LinkUpdate);
        block.Set(EventKind.Messages, update.Messages, DashboardJson.Plain.MessageUpdate);
        block.Set(EventKind.Peers, update.Peers, DashboardJson.Plain.PeerUpdate);
        block.Set(EventKind.Windows, update.Windows, DashboardJson.Plain.WindowUpdate);
        block.Set(EventKind.Alerts, update.Alerts, DashboardJson.Plain.AlertUpdate);
        return block;
    }

    /// <summary>What a page gets when it opens.</summary>
    public static EventBlock Of(Hello hello, FeedSnapshot snapshot)
    {
        var block = new EventBlock();
        block.Set(EventKind.Hello, hello, DashboardJson.Plain.Hello);
        block.Set(EventKind.Link, snapshot.Link, DashboardJson.Plain.LinkUpdate);
        block.Set(EventKind.Messages, snapshot.Messages, DashboardJson.Plain.MessageUpdate);
        block.Set(EventKind.Peers, snapshot.Peers, DashboardJson.Plain.PeerUpdate);
        block.Set(EventKind.Windows, snapshot.Windows, DashboardJson.Plain.WindowUpdate);
        block.Set(EventKind.Alerts, snapshot.Alerts, DashboardJson.Plain.AlertUpdate);
        return block;
    }

    private void Set<T>(EventKind kind, T? value, JsonTypeInfo<T> typeInfo)
        where T : class
    {
        if (value is null)
        {
            return;
        }

        // One line of data: JSON has no line breaks but escaped ones.
        var buffer = new ArrayBufferWriter<byte>(1024);
        buffer.Write("event: "u8);
        buffer.Write(System.Text.Encoding.ASCII.GetBytes(Names[(int)kind]));
        buffer.Write("\ndata: "u8);
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = DashboardJson.Plain.Options.Encoder }))
        {
            JsonSerializer.Serialize(json, value, typeInfo);
        }

        buffer.Write("\n\n"u8);
        _events[(int)kind] = buffer.WrittenSpan.ToArray();
    }
}
