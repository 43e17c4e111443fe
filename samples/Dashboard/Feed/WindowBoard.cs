using ReactiveLink.Metrics;

namespace Dashboard.Feed;

/// <summary>The latest window of each name. Any thread.</summary>
internal sealed class WindowBoard
{
    /// <summary>A window that was not told again for so long is over.</summary>
    private static readonly TimeSpan Expiry = TimeSpan.FromSeconds(3);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, (WindowRow Row, DateTimeOffset End)> _rows = [];
    private bool _changed;

    /// <summary>Takes a window.</summary>
    public void Add(string name, string source, string unit, in WindowSummary window)
    {
        var row = WindowRow.Of(name, source, unit, window);
        lock (_gate)
        {
            _rows[name] = (row, window.End);
            _changed = true;
        }
    }

    /// <summary>The windows, if one is new since the last call; else null.</summary>
    public WindowUpdate? Take()
    {
        lock (_gate)
        {
            if (!_changed)
            {
                return null;
            }

            _changed = false;
            var latest = _rows.Values.Max(row => row.End);
            foreach (var gone in _rows.Where(row => latest - row.Value.End > Expiry).Select(row => row.Key).ToArray())
            {
                _rows.Remove(gone);
            }

            return new WindowUpdate([.. _rows.OrderBy(row => row.Key, StringComparer.Ordinal).Select(row => row.Value.Row)]);
        }
    }
}
