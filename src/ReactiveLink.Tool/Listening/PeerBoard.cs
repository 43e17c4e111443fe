using System.Collections.Concurrent;

namespace ReactiveLink.Tool.Listening;

/// <summary>The latest of each peer, for the table. Written by the receive thread, read by the one that draws.</summary>
internal sealed class PeerBoard
{
    /// <summary>Peers with a row of their own; the others are counted together.</summary>
    public const int Maximum = 1000;

    private readonly ConcurrentDictionary<UdpEndpoint, Row> _rows = new();
    private Row? _last;
    private int _count;
    private long _others;

    /// <summary>Messages of peers that have no row.</summary>
    public long Others => Interlocked.Read(ref _others);

    /// <summary>The rows, the first seen first.</summary>
    public IReadOnlyList<Row> Rows => [.. _rows.Values.OrderBy(row => row.Index)];

    public void Add(Message message)
    {
        var row = _last;
        if (row is null || !ReferenceEquals(row.Peer, message.Peer))
        {
            if (!_rows.TryGetValue(message.Peer, out row))
            {
                if (_count >= Maximum)
                {
                    Interlocked.Increment(ref _others);
                    return;
                }

                row = new Row(message.Peer, _count++);
                _rows.TryAdd(message.Peer, row);
            }

            _last = row;
        }

        row.Add(message);
    }

    /// <summary>One peer.</summary>
    internal sealed class Row(UdpEndpoint peer, int index)
    {
        private long _messages;
        private Message? _latest;

        public UdpEndpoint Peer { get; } = peer;

        public int Index { get; } = index;

        public long Messages => Interlocked.Read(ref _messages);

        public Message? Latest => Volatile.Read(ref _latest);

        /// <summary>The drawer's own.</summary>
        public RateMeter Rate { get; } = new();

        public void Add(Message message)
        {
            Volatile.Write(ref _messages, _messages + 1);
            Volatile.Write(ref _latest, message);
        }
    }
}
