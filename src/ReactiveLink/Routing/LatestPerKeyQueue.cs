using System.Diagnostics.CodeAnalysis;

namespace ReactiveLink.Routing;

/// <summary>
/// At most one item per key: a newer one takes the waiting one's place and turn. A short lock, under which no code of a user runs: keys are
/// strings, and were selected before.
/// </summary>
internal sealed class LatestPerKeyQueue<T>(int capacity) : BoundedQueue<T>
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, T> _latest = new(StringComparer.Ordinal);
    private readonly Queue<string?> _turns = new();
    private (bool Waits, T? Item) _withoutKey;
    private int _count;

    public override int Count => Volatile.Read(ref _count);

    public override bool IsEmpty => Volatile.Read(ref _count) == 0;

    public override EnqueueResult Enqueue(T item, string? key, out T? dropped)
    {
        lock (_gate)
        {
            if (TryGet(key, out dropped))
            {
                Set(key, item);
                return EnqueueResult.Displaced;
            }

            if (_count == capacity)
            {
                dropped = item;
                return EnqueueResult.Refused;
            }

            Set(key, item);
            _turns.Enqueue(key);
            _count++;
            return EnqueueResult.Added;
        }
    }

    public override bool TryDequeue([MaybeNullWhen(false)] out T item)
    {
        lock (_gate)
        {
            if (!_turns.TryDequeue(out var key))
            {
                item = default;
                return false;
            }

            _count--;
            if (key is not null)
            {
                return _latest.Remove(key, out item);
            }

            item = _withoutKey.Item!;
            _withoutKey = default;
            return true;
        }
    }

    private bool TryGet(string? key, out T? item)
    {
        if (key is not null)
        {
            return _latest.TryGetValue(key, out item);
        }

        item = _withoutKey.Item;
        return _withoutKey.Waits;
    }

    private void Set(string? key, T item)
    {
        if (key is not null)
        {
            _latest[key] = item;
        }
        else
        {
            _withoutKey = (true, item);
        }
    }
}
