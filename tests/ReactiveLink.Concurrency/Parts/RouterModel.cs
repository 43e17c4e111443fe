using ReactiveLink.Concurrency.Checking;

namespace ReactiveLink.Concurrency.Parts;

/// <summary>Routes that are there, and for each message those that are to get it.</summary>
internal sealed class RouterModel : Model
{
    public const int ByPredicate = 2;
    public const int Kinds = 3;

    private readonly SortedDictionary<int, int> _table = [];
    private readonly SortedSet<int> _stopped = [];
    private readonly SortedSet<int> _last = [];
    private readonly SortedSet<int> _due = [];
    private readonly SortedSet<int> _unwanted = [];
    private int _unhandled;
    private bool _ended;

    public override Model Copy()
    {
        var copy = new RouterModel { _unhandled = _unhandled, _ended = _ended };
        copy._stopped.UnionWith(_stopped);
        copy._last.UnionWith(_last);
        copy._due.UnionWith(_due);
        copy._unwanted.UnionWith(_unwanted);
        foreach (var (route, kind) in _table)
        {
            copy._table.Add(route, kind);
        }

        return copy;
    }

    public override bool TryApply(Effect effect)
    {
        switch (effect.Name)
        {
            case "Add":
                if (!_ended)
                {
                    _table.Add(effect.A, effect.B);
                }

                return effect.Result == (_ended ? 1 : 0);
            case "Remove":
                _table.Remove(effect.A);
                return true;
            case "Stop":
                Stop(effect.A);
                return true;
            case "End":
                _ended = true;
                _last.UnionWith(_table.Keys);
                _table.Clear();
                return true;
            case "StopLast":
                if (_last.Remove(effect.A))
                {
                    Stop(effect.A);
                }

                return true;
            case "Post":
                Post(effect.A, effect.B);
                return true;
            case "Count":
                _unhandled += _unwanted.Remove(effect.A) ? 1 : 0;
                return true;
            case "Start":
                return _due.Remove(Key(effect.A, effect.B));
            case "Routes":
                return effect.Result == _table.Count;
            case "Unhandled":
                return effect.Result == _unhandled;
            default:
                // Rest: all have got theirs.
                return _due.Count == 0;
        }
    }

    public override bool IsIdle(Effect effect) => effect.Name switch
    {
        "Count" => !_unwanted.Contains(effect.A),

        // After the end, which came before it.
        "StopLast" => !_last.Contains(effect.A),
        _ => false,
    };

    public override void WriteKey(List<int> key)
    {
        key.Add(_unhandled);
        key.Add(_ended ? 1 : 0);
        foreach (var (route, kind) in _table)
        {
            key.Add(Key(route, kind));
        }

        key.Add(-1);
        key.AddRange(_stopped);
        key.Add(-1);
        key.AddRange(_last);
        key.Add(-1);
        key.AddRange(_due);
        key.Add(-1);
        key.AddRange(_unwanted);
    }

    private static int Key(int message, int route) => (message * 100) + route;

    private void Stop(int route)
    {
        _stopped.Add(route);
        _due.RemoveWhere(key => key % 100 == route);
    }

    private void Post(int message, int type)
    {
        var wanted = false;
        foreach (var (route, kind) in _table)
        {
            if (kind == type || (kind == ByPredicate && message % 2 == 0))
            {
                wanted = true;
                _due.Add(Key(message, route));
            }
        }

        if (!wanted)
        {
            _unwanted.Add(message);
        }
    }
}
