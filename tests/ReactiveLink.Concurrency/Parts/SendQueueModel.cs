using ReactiveLink.Concurrency.Checking;

namespace ReactiveLink.Concurrency.Parts;

/// <summary>What became of an item that was to be sent.</summary>
internal enum SendFate
{
    Unknown,
    Sent,
    Failed,
    Cancelled,
    Refused,
    Evicted,
    Disposed,
}

/// <summary>Four levels, first in first out in each, the newest of the lowest below evicted for one above when full.</summary>
internal sealed class SendQueueModel(int capacity, int items) : Model
{
    private readonly List<(int Level, int Item)> _waiting = [];
    private readonly SendFate[] _fates = new SendFate[items];
    private readonly bool[] _cancelled = new bool[items];
    private bool _disposed;

    public override Model Copy()
    {
        var copy = new SendQueueModel(capacity, items) { _disposed = _disposed };
        copy._waiting.AddRange(_waiting);
        _fates.CopyTo(copy._fates, 0);
        _cancelled.CopyTo(copy._cancelled, 0);
        return copy;
    }

    public override bool TryApply(Effect effect)
    {
        switch (effect.Name)
        {
            case "Come":
                _waiting.Add((effect.B, effect.A));
                return !_disposed && _waiting.Count == 1;
            case "Queue":
                return TryQueue(effect.A, effect.B, (SendFate)effect.Result);
            case "Take":
                return TryTake(effect.Results, (SendFate)effect.Result);
            case "Cancel":
                _cancelled[effect.A] = true;
                if (_waiting.RemoveAll(waiting => waiting.Item == effect.A) == 1)
                {
                    _fates[effect.A] = SendFate.Cancelled;
                }

                return true;
            case "Dispose":
                _disposed = true;
                foreach (var (_, item) in _waiting)
                {
                    _fates[item] = SendFate.Disposed;
                }

                _waiting.Clear();
                return true;
            case "Idle":
                return _waiting.Count == 0;
            case "Waiting":
                return _waiting.Count == effect.Result;
            case "Dropped":
                return _fates.Count(fate => fate is SendFate.Refused or SendFate.Evicted) == effect.Result;
            default:
                // Fate
                return _fates[effect.A] == (SendFate)effect.Result;
        }
    }

    public override void WriteKey(List<int> key)
    {
        key.Add(_disposed ? 1 : 0);
        for (var item = 0; item < items; item++)
        {
            key.Add(((int)_fates[item] * 2) + (_cancelled[item] ? 1 : 0));
        }

        foreach (var (level, item) in _waiting)
        {
            key.Add(level);
            key.Add(item);
        }
    }

    private bool TryQueue(int item, int level, SendFate fate)
    {
        if (_disposed && _cancelled[item] && fate is SendFate.Disposed or SendFate.Cancelled)
        {
            // Nobody says which of the two it is told.
            _fates[item] = fate;
        }
        else if (_disposed)
        {
            _fates[item] = SendFate.Disposed;
        }
        else if (_cancelled[item])
        {
            _fates[item] = SendFate.Cancelled;
        }
        else if (_waiting.Count < capacity)
        {
            _waiting.Add((level, item));
        }
        else if (_waiting.Min(waiting => waiting.Level) is var lowest && lowest < level)
        {
            var index = _waiting.FindLastIndex(waiting => waiting.Level == lowest);
            _fates[_waiting[index].Item] = SendFate.Evicted;
            _waiting.RemoveAt(index);
            _waiting.Add((level, item));
        }
        else
        {
            _fates[item] = SendFate.Refused;
        }

        return true;
    }

    private bool TryTake(IReadOnlyList<int> batch, SendFate fate)
    {
        var order = _waiting.OrderByDescending(waiting => waiting.Level).Select(waiting => waiting.Item);
        if (!order.SequenceEqual(batch))
        {
            return false;
        }

        foreach (var item in batch)
        {
            _fates[item] = fate;
        }

        _waiting.Clear();
        return true;
    }
}
