using System.Runtime.InteropServices;

namespace ReactiveLink.Metrics.Windows;

/// <summary>The bounds of a window, and what is special about it.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct WindowBounds(long Start, long End, bool IsPartial = false, int Revision = 0)
{
    // Virtual time may begin at the calendar's own beginning, and a window before that.
    public DateTimeOffset StartTime => new(Math.Clamp(Start, 0, DateTimeOffset.MaxValue.UtcTicks), TimeSpan.Zero);

    public DateTimeOffset EndTime => new(Math.Clamp(End, 0, DateTimeOffset.MaxValue.UtcTicks), TimeSpan.Zero);
}

/// <summary>
/// The panes of one window: values go into the open pane; closed panes enter at one end and leave at the other. Not safe for threads: its operator calls it
/// one at a time.
/// </summary>
internal abstract class WindowState<T, TResult>
{
    /// <summary>How many values the closed panes hold, refused ones included.</summary>
    public abstract long Count { get; }

    /// <summary>How many values the open pane holds, refused ones included.</summary>
    public abstract long OpenCount { get; }

    /// <summary>Takes a value into the open pane; false if there is no room for it.</summary>
    public abstract bool Add(T value);

    /// <summary>The open pane becomes the newest of the window, and a new one is opened.</summary>
    public abstract void ClosePane();

    /// <summary>The oldest closed pane leaves.</summary>
    public abstract void EvictPane();

    /// <summary>What the closed panes come to.</summary>
    public abstract TResult Result(in WindowBounds bounds);

    /// <summary>As new; what was allocated stays.</summary>
    public abstract void Clear();
}
