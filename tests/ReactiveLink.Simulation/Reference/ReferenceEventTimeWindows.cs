using System.Numerics;
using ReactiveLink.Simulation.Scenarios;

namespace ReactiveLink.Simulation.Reference;

/// <summary>Windows by the values' own times, each from the values that had come when it was told, in a list of them all.</summary>
internal sealed class ReferenceEventTimeWindows(WindowPlan plan)
{
    private readonly List<TimedValue> _values = [];
    private readonly Dictionary<long, int> _told = [];
    private readonly List<ReferenceWindow> _windows = [];
    private long? _reached;

    public int Late { get; private set; }

    private long Length => plan.Length.Ticks;

    private long Every => plan.Every.Ticks;

    /// <summary>The next value, in the order in which they came.</summary>
    public void Take(TimedValue value)
    {
        // Before the first value, nothing had come that a window could be told of.
        TellUntil(value.Time - plan.Disorder.Ticks, isPartial: false);
        var watermark = _reached = Math.Max(_reached ?? long.MinValue, value.Time - plan.Disorder.Ticks);

        var ends = EndsOver(value.Time).ToList();
        if (ends.Count == 0)
        {
            return;
        }

        if (ends[^1] + plan.Lateness.Ticks <= watermark)
        {
            Late++;
            return;
        }

        _values.Add(value);
        foreach (var end in ends.Where(end => end <= watermark && end > watermark - plan.Lateness.Ticks))
        {
            Tell(end, isPartial: false);
        }
    }

    /// <summary>What was told, and at the end what was not.</summary>
    public List<ReferenceWindow> All()
    {
        TellUntil(long.MaxValue, isPartial: true);
        return _windows;
    }

    private void TellUntil(long watermark, bool isPartial)
    {
        foreach (var end in _values.SelectMany(value => EndsOver(value.Time)).Where(end => end > _reached && end <= watermark).Distinct().Order())
        {
            Tell(end, isPartial);
        }
    }

    private void Tell(long end, bool isPartial)
    {
        // Within a pane in the order in which they came.
        var pane = (long)BigInteger.GreatestCommonDivisor(Length, Every);
        var values = _values.Where(value => value.Time >= end - Length && value.Time < end).OrderBy(value => (value.Time - DateTimeOffset.UnixEpoch.UtcTicks) / pane);
        var revision = _told.GetValueOrDefault(end);
        _told[end] = revision + 1;
        _windows.Add(new ReferenceWindow(end - Length, end, isPartial, null, false, [.. values.Select(value => value.Value)], revision));
    }

    /// <summary>The ends of the windows that a time is in.</summary>
    private IEnumerable<long> EndsOver(long time)
    {
        var origin = DateTimeOffset.UnixEpoch.UtcTicks;
        for (var end = origin + ((((time - origin) / Every) + 1) * Every); end - Length <= time; end += Every)
        {
            yield return end;
        }
    }
}
