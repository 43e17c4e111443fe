using System.Collections.Concurrent;

namespace ReactiveLink.Tool.Listening;

/// <summary>The latest of each peer, for the table. Written by the receive thread, read by the one that draws.</summary>
internal sealed class PeerBoard
{
    /// <summary>Peers with a row of their own; the others are counted together.</summary>
    public const int Maximum = 1000;

    private readonly ConcurrentDictionary<UdpEndpoint, Row> _rows = new();
    private readonly ConcurrentQueue<Row> _silent = new();
    private Row? _last;
    private int _count;
    private int _index;
    private long _others;

    /// <summary>Messages of peers that have no row, or no longer.</summary>
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
                if (_count >= Maximum && !TryForgetOne())
                {
                    Interlocked.Increment(ref _others);
                    return;
                }

                _count++;
                row = new Row(message.Peer, _index++);
                _rows.TryAdd(message.Peer, row);
            }

            _last = row;
        }

        row.Add(message);
    }

    /// <summary>For the one that draws: where all rows are taken, one of a peer that has fallen silent gives way to the next new one, unless it is heard before.</summary>
    public void MayGiveWay(Row row)
    {
        if (!row.IsOffered)
        {
            row.MessagesWhenOffered = row.Messages;
            row.IsOffered = true;
            _silent.Enqueue(row);
        }
    }

    private bool TryForgetOne()
    {
        while (_silent.TryDequeue(out var row))
        {
            if (row.Messages != row.MessagesWhenOffered)
            {
                row.IsOffered = false;
                continue;
            }

            _rows.TryRemove(row.Peer, out _);
            _count--;
            Interlocked.Add(ref _others, row.Messages);
            _last = null;
            return true;
        }

        return false;
    }

    /// <summary>One peer.</summary>
    internal sealed class Row(UdpEndpoint peer, int index)
    {
        private volatile bool _isOffered;

        private long _messages;
        private DataPreview? _latest;

        public UdpEndpoint Peer { get; } = peer;

        public int Index { get; } = index;

        public long Messages => Interlocked.Read(ref _messages);

        /// <summary>What the latest message's data begin with.</summary>
        public DataPreview? Latest => Volatile.Read(ref _latest);

        /// <summary>Whether it waits to give way.</summary>
        public bool IsOffered
        {
            get => _isOffered;
            set => _isOffered = value;
        }

        /// <summary>As many as there were when it was offered.</summary>
        public long MessagesWhenOffered { get; set; }

        /// <summary>The drawer's own.</summary>
        public RateMeter Rate { get; } = new();

        public void Add(Message message)
        {
            Volatile.Write(ref _messages, _messages + 1);
            Volatile.Write(ref _latest, new DataPreview(message));
        }
    }
}
