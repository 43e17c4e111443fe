namespace ReactiveLink.Metrics.Windows;

/// <summary>The panes of windows by the values' own time, into which values come in any order. Not safe for threads: its operator calls it one at a time.</summary>
internal abstract class EventState<T, TResult>
{
    public abstract IPaneNumbers Numbers { get; }

    /// <summary>False if there are as many panes as may be.</summary>
    public abstract bool Add(long pane, T value);

    public abstract void ForgetBefore(long pane);

    /// <summary>What the panes of a range come to.</summary>
    public abstract TResult Result(in WindowBounds bounds, long from, long until);
}
