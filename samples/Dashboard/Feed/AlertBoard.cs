using ReactiveLink.Metrics;

namespace Dashboard.Feed;

/// <summary>Which alerts are active, and their last changes. Any thread.</summary>
internal sealed class AlertBoard(FeedOptions options)
{
    /// <summary>Alerts that are remembered as active; a flood of them makes no more.</summary>
    private const int MaximumActive = 1000;

    private readonly Lock _gate = new();
    private readonly Dictionary<(string Rule, object? Key), AlertRow> _active = [];
    private readonly Queue<AlertRow> _past = [];
    private long _number;
    private bool _changed;

    /// <summary>How many alerts are firing or have no data.</summary>
    public int Active
    {
        get
        {
            lock (_gate)
            {
                return _active.Count;
            }
        }
    }

    /// <summary>Takes a change.</summary>
    /// <param name="change">The change.</param>
    /// <param name="name">What to call its key; empty for the link's own.</param>
    /// <param name="unit">The unit of its value.</param>
    public void Add(AlertTransition change, string name, string unit)
    {
        var key = (change.Rule, change.Key);
        lock (_gate)
        {
            var value = double.IsFinite(change.Value) ? Math.Round(change.Value, 4) : (double?)null;
            var row = new AlertRow(++_number, change.Rule, name, change.To.ToString(), value, unit, change.At.ToUnixTimeMilliseconds());
            if (change.To is AlertState.Firing or AlertState.NoData)
            {
                if (_active.Count < MaximumActive || _active.ContainsKey(key))
                {
                    _active[key] = row;
                }
            }
            else if (change.To is not AlertState.Pending)
            {
                _active.Remove(key);
            }

            if (change.To is AlertState.Firing or AlertState.NoData or AlertState.Resolved || change is { From: AlertState.NoData, To: AlertState.Inactive })
            {
                _past.Enqueue(row);
                if (_past.Count > options.AlertsShown)
                {
                    _past.Dequeue();
                }

                _changed = true;
            }
        }
    }

    /// <summary>The alerts, if anything changed since the last call; else null.</summary>
    public AlertUpdate? Take()
    {
        lock (_gate)
        {
            if (!_changed)
            {
                return null;
            }

            _changed = false;
            return new AlertUpdate([.. _active.Values.OrderByDescending(row => row.Number).Take(options.AlertsShown)], [.. _past.Reverse()]);
        }
    }
}
