namespace ReactiveLink.Tool.Listening;

/// <summary>How fast a count grows, over about the last second: steady to read where looks are more frequent than that.</summary>
internal sealed class RateMeter
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(1);

    private readonly Queue<(TimeSpan At, long Count)> _looks = new();

    /// <summary>The rate per second since the look that is at least a second ago, or since the first.</summary>
    public double Look(TimeSpan now, long count)
    {
        while (_looks.Count > 1 && now - _looks.ElementAt(1).At >= Window)
        {
            _looks.Dequeue();
        }

        var rate = _looks.TryPeek(out var first) && now > first.At ? (count - first.Count) / (now - first.At).TotalSeconds : 0;
        _looks.Enqueue((now, count));
        return rate;
    }
}
