namespace ControlLoop;

/// <summary>What the network has lost of one link's datagrams, as it tells itself: the two ends cannot tell what is lost from what is still on its way. One writer, any reader.</summary>
internal sealed class Losses
{
    private long _count;
    private long _longestRun;
    private long _run;
    private long _last;

    public long Count => Volatile.Read(ref _count);

    /// <summary>The most that were lost in a row, with the row that has not ended.</summary>
    public long LongestRun => Volatile.Read(ref _longestRun);

    /// <summary>Another is lost.</summary>
    /// <param name="ordinal">Which of the link's datagrams it is.</param>
    public void Add(long ordinal)
    {
        _run = ordinal == _last + 1 ? _run + 1 : 1;
        _last = ordinal;
        Volatile.Write(ref _longestRun, Math.Max(_longestRun, _run));
        Volatile.Write(ref _count, _count + 1);
    }
}
