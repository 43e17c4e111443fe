using System.Numerics;

namespace ReactiveLink.Concurrency.Checking;

/// <summary>
/// Whether some order of the effects, which keeps the order of those that did not overlap, is one that the model allows (J. M. Wing, C. Gong, "Testing and Verifying
/// Concurrent Objects", 1993), with G. Lowe's memory of what was tried ("Testing for Linearizability", 2017): the same set of effects that led to the same state is
/// not looked at twice.
/// </summary>
internal sealed class Linearizability
{
    private readonly HashSet<Configuration> _seen = [];
    private readonly List<int> _key = [];
    private Effect[] _effects = [];
    private ulong[] _before = [];

    /// <summary>The longest order that was possible, for the report.</summary>
    public List<Effect> Longest { get; } = [];

    public bool Check(IReadOnlyList<Effect> effects, Model model)
    {
        if (effects.Count > 64)
        {
            throw new ArgumentException("A history has at most 64 effects.", nameof(effects));
        }

        // What ended first is tried first: mostly that is the order.
        _effects = [.. effects.OrderBy(effect => effect.End).ThenBy(effect => effect.Begin)];
        _before = [.. _effects.Select(Predecessors)];
        _seen.Clear();
        Longest.Clear();
        return Search(0, model, new Stack<Effect>());
    }

    private ulong Predecessors(Effect effect)
    {
        ulong before = 0;
        for (var i = 0; i < _effects.Length; i++)
        {
            if (_effects[i].End < effect.Begin || _effects[i] == effect.After)
            {
                before |= 1UL << i;
            }
        }

        return before;
    }

    private bool Search(ulong done, Model model, Stack<Effect> order)
    {
        if (BitOperations.PopCount(done) == _effects.Length)
        {
            return true;
        }

        for (var i = 0; i < _effects.Length; i++)
        {
            var bit = 1UL << i;
            if ((done & bit) != 0 || (_before[i] & ~done) != 0)
            {
                continue;
            }

            if (model.IsIdle(_effects[i]))
            {
                model.TryApply(_effects[i]);
                return Search(done | bit, model, order);
            }
        }

        for (var i = 0; i < _effects.Length; i++)
        {
            var bit = 1UL << i;
            if ((done & bit) != 0 || (_before[i] & ~done) != 0)
            {
                continue;
            }

            var next = model.Copy();
            if (!next.TryApply(_effects[i]) || !_seen.Add(Configured(done | bit, next)))
            {
                continue;
            }

            order.Push(_effects[i]);
            if (order.Count > Longest.Count)
            {
                Longest.Clear();
                Longest.AddRange(order.Reverse());
            }

            if (Search(done | bit, next, order))
            {
                return true;
            }

            order.Pop();
        }

        return false;
    }

    private Configuration Configured(ulong done, Model model)
    {
        _key.Clear();
        model.WriteKey(_key);
        return new Configuration(done, [.. _key]);
    }

    private readonly struct Configuration(ulong done, int[] key) : IEquatable<Configuration>
    {
        private readonly ulong _done = done;
        private readonly int[] _key = key;

        public bool Equals(Configuration other) => _done == other._done && _key.AsSpan().SequenceEqual(other._key);

        public override bool Equals(object? obj) => obj is Configuration other && Equals(other);

        public override int GetHashCode()
        {
            var hash = new HashCode();
            hash.Add(_done);
            foreach (var cell in _key)
            {
                hash.Add(cell);
            }

            return hash.ToHashCode();
        }
    }
}
