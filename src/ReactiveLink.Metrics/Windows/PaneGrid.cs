using System.Runtime.InteropServices;

namespace ReactiveLink.Metrics.Windows;

/// <summary>How windows are cut into panes: the longest span of which both the window and the step are whole multiples.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct PaneGrid(long Pane, int PanesPerWindow, int PanesPerStep)
{
    public const int MaximumPanes = 65_536;

    /// <summary>The longest span that there is a use for: the whole calendar. Sums of a few such spans and instants do not overflow.</summary>
    public static TimeSpan Longest { get; } = DateTimeOffset.MaxValue - DateTimeOffset.MinValue;

    public long Length => Pane * PanesPerWindow;

    public long Step => Pane * PanesPerStep;

    public static PaneGrid Of(TimeSpan length, TimeSpan every)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(length, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(every, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Longest);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(every, Longest);
        return Of(length.Ticks, every.Ticks, nameof(every));
    }

    public static PaneGrid Of(int size, int step)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(step);
        return Of(size, step, nameof(step));
    }

    /// <summary>The first end of a window after an instant, with ends at whole multiples of the step from an origin.</summary>
    public long NextEnd(long now, long origin)
    {
        long since = now - origin;
        long steps = Math.DivRem(since, Step, out long rest);
        return origin + ((rest < 0 ? steps : steps + 1) * Step);
    }

    private static PaneGrid Of(long window, long step, string parameter)
    {
        long a = window;
        long b = step;
        while (b != 0)
        {
            (a, b) = (b, a % b);
        }

        return window / a > MaximumPanes
            ? throw new ArgumentOutOfRangeException(
                parameter, $"A window may have {MaximumPanes} panes (a pane is the greatest common divisor of window and step); this one has {window / a}. Choose a step that divides the window.")
            : step / a > int.MaxValue
            ? throw new ArgumentOutOfRangeException(
                parameter, $"A step may have {int.MaxValue} panes (a pane is the greatest common divisor of window and step); this one has {step / a}. Choose a longer window.")
            : new PaneGrid(a, (int)(window / a), (int)(step / a));
    }
}
