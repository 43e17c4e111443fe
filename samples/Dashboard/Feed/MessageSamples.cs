using System.Collections.Immutable;
using System.Text;
using ReactiveLink;

namespace Dashboard.Feed;

/// <summary>The messages since the last tick, cut to what a page shows, and the latest before them. For one writer and one reader.</summary>
internal sealed class MessageSamples(FeedOptions options)
{
    private readonly Lock _gate = new();
    private readonly Queue<MessageRow> _fresh = [];
    private long _told;
    private long _delivered;

    /// <summary>Takes a message. Nothing of it is kept: a message holds on to its datagram's memory.</summary>
    public void Add(Message message)
    {
        var row = ToRow(message);
        lock (_gate)
        {
            _fresh.Enqueue(row);
            if (_fresh.Count > options.MessagesPerTick)
            {
                _fresh.Dequeue();
            }
        }
    }

    /// <summary>The latest since the last call, or null if nothing was delivered since.</summary>
    public MessageUpdate? Take(long delivered)
    {
        ImmutableArray<MessageRow> rows;
        lock (_gate)
        {
            if (_fresh.Count == 0 && delivered == _delivered)
            {
                return null;
            }

            rows = [.. _fresh];
            _fresh.Clear();
        }

        _told += rows.Length;
        _delivered = delivered;
        return new MessageUpdate(delivered, _told, rows);
    }

    /// <summary>A name from the network, cut.</summary>
    public static string Cut(string text, int length)
    {
        if (text.Length <= length)
        {
            return text;
        }

        // Not in the middle of a pair of surrogates.
        var end = char.IsHighSurrogate(text[length - 2]) ? length - 2 : length - 1;
        return string.Concat(text.AsSpan(0, end), "…");
    }

    private MessageRow ToRow(Message message)
    {
        // A few bytes more than the characters that are shown: enough for all but the widest, and large data is not decoded whole.
        var bytes = message.Data.Span;
        var head = bytes[..Math.Min(bytes.Length, 4 * options.DataLength)];
        var text = message.DataFormat == DataFormat.Binary
            ? Convert.ToHexStringLower(head[..Math.Min(head.Length, options.DataLength)])
            : Encoding.UTF8.GetString(head);
        var source = message.Source.Length > 0 ? message.Source : message.Peer.ToString();
        return new MessageRow(
            message.ReceivedAt.ToUnixTimeMilliseconds(),
            Cut(source, options.NameLength),
            Cut(message.Type.Name, options.NameLength),
            message.Sequence,
            message.Verdict?.ToString(),
            Cut(text, options.DataLength));
    }
}
