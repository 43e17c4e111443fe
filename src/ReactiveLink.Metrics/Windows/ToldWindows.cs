using System.Runtime.InteropServices;

namespace ReactiveLink.Metrics.Windows;

/// <summary>
/// How often each window that may still be revised was told. What is kept are the revised ones, and the runs of windows that were passed without being told; so it
/// grows with the late items and the gaps within the allowed lateness, not with the lateness. The revised ones are capped; two runs have a pane with values between
/// them, so there are no more than panes and one.
/// </summary>
internal sealed class ToldWindows(long step, int maximumRevised)
{
    private readonly Dictionary<long, int> _revisions = [];
    private readonly Ring<(long First, long Next)> _passed = new(4);
    private long _settled = long.MinValue;

    /// <summary>How many runs and revised windows are kept.</summary>
    public int Kept => _passed.Count + _revisions.Count;

    /// <summary>Windows with an end from the first on, and before the next, were passed without being told. Runs come in order.</summary>
    public void Pass(long first, long next)
    {
        if (_passed.Count > 0 && _passed[_passed.Count - 1] is var last && last.Next == first)
        {
            _passed[_passed.Count - 1] = (last.First, next);
        }
        else
        {
            _passed.Push((first, next));
        }
    }

    /// <summary>The number of the result that a window is told with now; null if as many windows were revised as may be and this was not.</summary>
    public int? NextRevision(long end)
    {
        if (_revisions.Count >= maximumRevised && !_revisions.ContainsKey(end))
        {
            return null;
        }

        ref int revision = ref CollectionsMarshal.GetValueRefOrAddDefault(_revisions, end, out bool isKnown);
        revision = isKnown ? revision + 1 : WasPassed(end) ? 0 : 1;
        return revision;
    }

    /// <summary>Windows that end here or before are not told again.</summary>
    public void Settle(long end)
    {
        while (_passed.Count > 0 && _passed[0].Next - step <= end)
        {
            _passed.Pop();
        }

        // Looked through once for each step at most, or item by item would cost the number of revised windows.
        if (_revisions.Count > 0 && end - step >= _settled)
        {
            _settled = end;
            foreach (long known in _revisions.Keys)
            {
                if (known <= end)
                {
                    _revisions.Remove(known);
                }
            }
        }
    }

    private bool WasPassed(long end)
    {
        int low = 0;
        int high = _passed.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_passed[middle].Next <= end)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low < _passed.Count && _passed[low].First <= end;
    }
}
