using System.Runtime.InteropServices;

namespace ReactiveLink.Metrics;

/// <summary>Why a window operator left something out.</summary>
public enum WindowDropReason
{
    /// <summary>The observer was busy on another thread, and <see cref="WindowOptions.MaximumQueued"/> values already waited.</summary>
    QueueFull,

    /// <summary>A buffer already held <see cref="WindowOptions.MaximumItems"/> values.</summary>
    BufferFull,

    /// <summary>Results of empty windows, more than <see cref="WindowOptions.MaximumCatchUp"/> behind the clock.</summary>
    EmptyWindowsSkipped,

    /// <summary>All keys were taken: the values went to the overflow series.</summary>
    KeyLimit,

    /// <summary>The values were older than the allowed lateness.</summary>
    Late,

    /// <summary>The values' timestamps were further ahead of the clock than is believed.</summary>
    Future,

    /// <summary>As many panes were open as are kept.</summary>
    PaneLimit,

    /// <summary>Results of windows that a late item would have revised: as many windows had been revised as <see cref="EventTimeOptions.MaximumRevised"/>.</summary>
    RevisionLimit,
}

/// <summary>Something was left out, never silently.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Count">How many values; results, of <see cref="WindowDropReason.EmptyWindowsSkipped"/> and <see cref="WindowDropReason.RevisionLimit"/>.</param>
/// <param name="Time">When it was told, by the scheduler's clock.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct WindowDrop(WindowDropReason Reason, long Count, DateTimeOffset Time);
