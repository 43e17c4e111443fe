namespace ReactiveLink.Metrics.Registry;

/// <summary>Notifications that slow subscribers missed; what it counts, the one above counts as well.</summary>
internal sealed class MissedCount(MissedCount? above = null)
{
    private long _value;

    public long Value => Interlocked.Read(ref _value);

    public void Add(long count)
    {
        Interlocked.Add(ref _value, count);
        above?.Add(count);
    }

    public void Reset() => Interlocked.Exchange(ref _value, 0);
}
