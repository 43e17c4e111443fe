using ReactiveLink.Concurrency.Checking;
using ReactiveLink.Concurrency.Control;
using ReactiveLink.Concurrency.Exploring;
using ReactiveLink.Sequencing;

namespace ReactiveLink.Concurrency.Parts;

/// <summary>
/// The peer table: one thread writes, the others read. What the table is after so many writes is told by another table that nobody shares. Each peer, the count
/// and the totals are consistent each for itself, not together: a list of peers is one look for each, as one that comes or goes meanwhile may be in it or not.
/// </summary>
internal sealed class PeersScenario : Scenario
{
    private const int Keys = 3;
    private const int Count = Keys;
    private const int Totals = Keys + 1;

    private readonly PeerTable<int> _table;
    private readonly List<int[]>[] _values = [.. Enumerable.Range(0, Totals + 1).Select(_ => new List<int[]>())];
    private readonly List<Effect>[] _ofObject = [.. Enumerable.Range(0, Totals + 1).Select(_ => new List<Effect>())];
    private readonly int[] _zeros = Numbers(default);

    public PeersScenario(Controller controller, Random random, bool small)
        : base(controller, random)
    {
        var options = new SequenceOptions { MaximumPeers = random.Next(1, 4), PeerIdleExpiry = TimeSpan.FromTicks(4) };
        _table = new PeerTable<int>(SequenceSpace.UInt8, options);
        var alone = new PeerTable<int>(SequenceSpace.UInt8, options);
        var before = Snapshot(alone);
        var now = 0L;
        var writes = new List<Action>();
        for (var left = random.Next(2, small ? 4 : 8); left > 0; left--)
        {
            now += random.Next(4);
            var (key, sequence, time) = (random.Next(Keys), (ulong)random.Next(6), now);
            alone.TryObserve(key, sequence, time, out _, out _);
            var after = Snapshot(alone);
            var steps = Steps(key, before, after);
            before = after;
            writes.Add(() => Write(key, sequence, time, steps));
        }

        Client(() => writes.ForEach(write => write()));
        var readers = small ? 1 : random.Next(1, 4);
        for (var reader = 0; reader < readers; reader++)
        {
            Action[] reads = [.. Enumerable.Range(0, random.Next(1, small ? 3 : 4)).Select(_ => random.Next(3) switch
            {
                0 => (Action)(() => Read("Count", Count, () => [_table.Count])),
                1 => () => Read("Totals", Totals, () => Numbers(_table.Totals)),
                _ => List,
            })];
            Client(() => Array.ForEach(reads, read => read()));
        }
    }

    public override Model Model => new RegisterModel([]);

    public override IEnumerable<(Model Model, IReadOnlyList<Effect> Effects)> Checks =>
        _values.Zip(_ofObject, (values, effects) => ((Model)new RegisterModel(values), (IReadOnlyList<Effect>)effects));

    private static int[] Numbers(SequenceStatistics statistics) =>
        [(int)statistics.InOrder, (int)statistics.Gaps, (int)statistics.Lost, (int)statistics.Duplicates, (int)statistics.Late, (int)statistics.Restarts];

    private (PeerSequence? Peer, int[] Value)[] Snapshot(PeerTable<int> table)
    {
        var state = new (PeerSequence? Peer, int[] Value)[Totals + 1];
        Array.Fill(state, (null, []));
        foreach (var peer in table.GetPeers())
        {
            state[(int)peer.Key] = (peer, Numbers(peer.GetStatistics()));
        }

        state[Count].Value = [table.Count];
        state[Totals].Value = Numbers(table.Totals);
        if (_values[Count].Count == 0)
        {
            for (var i = 0; i < state.Length; i++)
            {
                _values[i].Add(state[i].Value);
            }
        }

        return state;
    }

    /// <summary>The values that each of the objects goes through in one write: a new peer has none of its numbers at first, and one that takes another's place comes after that has gone.</summary>
    private int[] Steps(int key, (PeerSequence? Peer, int[] Value)[] before, (PeerSequence? Peer, int[] Value)[] after)
    {
        var steps = new int[after.Length];
        void Step(int index, int[] value)
        {
            _values[index].Add(value);
            steps[index]++;
        }

        var isNew = after[key].Peer is { } peer && peer != before[key].Peer;
        if (isNew && before[key].Peer is not null)
        {
            Step(key, []);
        }

        if (isNew)
        {
            Step(key, _zeros);
        }

        var gone = Enumerable.Range(0, Keys).Count(other => before[other].Peer is not null && before[other].Peer != after[other].Peer);
        for (var less = 1; less <= gone; less++)
        {
            Step(Count, [before[Count].Value[0] - less]);
        }

        for (var index = 0; index < after.Length; index++)
        {
            if (!_values[index][^1].AsSpan().SequenceEqual(after[index].Value))
            {
                Step(index, after[index].Value);
            }
        }

        return steps;
    }

    private void Write(int key, ulong sequence, long now, int[] steps)
    {
        var write = Begin("Write", key, (int)sequence);
        _table.TryObserve(key, sequence, now, out _, out _);
        End(write);
        for (var index = 0; index < steps.Length; index++)
        {
            Effect? last = null;
            for (var step = 0; step < steps[index]; step++)
            {
                last = new Effect("Write", write.Thread, write.Begin) { A = index, After = last, End = write.End };
                _ofObject[index].Add(last);
            }
        }
    }

    private void Read(string name, int index, Func<int[]> read)
    {
        var effect = Begin(name, index);
        effect.Results = read();
        End(effect);
        _ofObject[index].Add(effect);
    }

    private void List()
    {
        var list = Begin("List");
        var peers = _table.GetPeers();
        End(list);
        list.Results = [.. peers.Select(peer => (int)peer.Key)];
        for (var key = 0; key < Keys; key++)
        {
            _ofObject[key].Add(new Effect("Has", list.Thread, list.Begin) { A = key, End = list.End, Result = peers.Count(peer => (int)peer.Key == key) });
        }

        foreach (var peer in peers)
        {
            var read = Begin("Statistics", (int)peer.Key);
            read.Results = Numbers(peer.GetStatistics());
            End(read);
            if (!peer.IsForgotten)
            {
                _ofObject[(int)peer.Key].Add(read);
            }
        }
    }
}
