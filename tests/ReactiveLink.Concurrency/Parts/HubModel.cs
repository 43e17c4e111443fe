using ReactiveLink.Concurrency.Checking;

namespace ReactiveLink.Concurrency.Parts;

/// <summary>A queue for each observer; where all see one order, no value is sent while another goes into the queues.</summary>
internal sealed class HubModel(int observers, int capacity, bool isOrdered, bool replays) : Model
{
    public const int TheEnd = 1000;

    private readonly List<int>[] _queues = [.. Enumerable.Range(0, observers).Select(_ => new List<int>())];
    private readonly Standing[] _standings = new Standing[observers];

    // Of a value whose sender has seen who is there: those, a bit each.
    private readonly Dictionary<int, int> _seen = [];
    private int _current;
    private int _missed;
    private bool _ended;
    private int _ending;
    private int _posting;

    private enum Standing
    {
        Unknown,
        There,
        Ended,
        Gone,
    }

    public override Model Copy()
    {
        var copy = new HubModel(observers, capacity, isOrdered, replays) { _current = _current, _missed = _missed, _ended = _ended, _ending = _ending, _posting = _posting };
        for (var i = 0; i < observers; i++)
        {
            copy._queues[i].AddRange(_queues[i]);
            copy._standings[i] = _standings[i];
        }

        foreach (var (value, who) in _seen)
        {
            copy._seen[value] = who;
        }

        return copy;
    }

    public override bool TryApply(Effect effect)
    {
        switch (effect.Name)
        {
            case "Subscribe":
                Subscribe(effect.A);
                return _posting == 0;
            case "Send":
                return TrySend(effect.A);
            case "Post":
                _posting -= isOrdered ? 1 : 0;
                if ((_seen[effect.A] & (1 << effect.B)) != 0)
                {
                    Post(effect.A, effect.B);
                }

                return true;
            case "End":
                End();
                return _posting == 0;
            case "Last":
                if ((_ending & (1 << effect.B)) != 0)
                {
                    Last(effect.B);
                }

                return true;
            case "Dispose":
                _standings[effect.A] = Standing.Gone;
                _queues[effect.A].Clear();
                return true;
            case "Threw":
                _standings[effect.B] = Standing.Gone;
                _queues[effect.B].Clear();
                return true;
            case "Got":
                return TryGet(effect.B, effect.A);
            case "Missed":
                return _missed == effect.Result;
            default:
                // Rest
                return _queues[effect.A].Count == 0;
        }
    }

    /// <summary>Who was not there when a value was sent, or has gone since.</summary>
    public override bool IsIdle(Effect effect) => effect.Name switch
    {
        "Post" => (_seen[effect.A] & (1 << effect.B)) == 0 || _standings[effect.B] is Standing.Gone or Standing.Ended,
        "Last" => (_ending & (1 << effect.B)) == 0 || _standings[effect.B] is Standing.Gone or Standing.Ended,
        _ => false,
    };

    public override void WriteKey(List<int> key)
    {
        key.Add(_current);
        key.Add(_missed);
        key.Add(_ended ? 1 : 0);
        key.Add(_ending);
        key.Add(_posting);
        for (var i = 0; i < observers; i++)
        {
            key.Add((int)_standings[i]);
            key.Add(_queues[i].Count);
            key.AddRange(_queues[i]);
        }

        foreach (var (value, who) in _seen.OrderBy(pair => pair.Key))
        {
            key.Add(value);
            key.Add(who);
        }
    }

    private void Subscribe(int observer)
    {
        if (replays)
        {
            _queues[observer].Add(_current);
        }

        _standings[observer] = Standing.There;
        if (_ended)
        {
            Last(observer);
        }
    }

    private bool TrySend(int value)
    {
        if (_posting != 0)
        {
            return false;
        }

        _posting = isOrdered ? observers : 0;
        _seen[value] = _ended ? 0 : There();
        _current = _ended ? _current : value;
        return true;
    }

    private void Post(int value, int observer)
    {
        if (_standings[observer] != Standing.There)
        {
            return;
        }

        if (_queues[observer].Count < capacity)
        {
            _queues[observer].Add(value);
        }
        else
        {
            _missed++;
        }
    }

    private void End()
    {
        if (_ended)
        {
            return;
        }

        _ended = true;
        _ending = There();
        for (var observer = 0; observer < observers && isOrdered; observer++)
        {
            if ((_ending & (1 << observer)) != 0)
            {
                Last(observer);
            }
        }
    }

    private void Last(int observer)
    {
        if (_standings[observer] == Standing.There)
        {
            _standings[observer] = Standing.Ended;
            _queues[observer].Add(TheEnd);
        }
    }

    private int There()
    {
        var who = 0;
        for (var observer = 0; observer < observers; observer++)
        {
            who |= _standings[observer] == Standing.There ? 1 << observer : 0;
        }

        return who;
    }

    private bool TryGet(int observer, int value)
    {
        if (_queues[observer].Count == 0 || _queues[observer][0] != value)
        {
            return false;
        }

        _queues[observer].RemoveAt(0);
        return true;
    }
}
