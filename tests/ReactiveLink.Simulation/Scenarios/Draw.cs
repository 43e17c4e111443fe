using ReactiveLink.Testing;

namespace ReactiveLink.Simulation.Scenarios;

/// <summary>Random choices of one purpose: a stream of its own, so that switching a part off does not change what is drawn for the others.</summary>
/// <remarks>
/// In every fourth scenario all times are whole multiples of 5 ms, so that what comes, what ends and what is set meet at the same tick; in the others they hardly ever do.
/// </remarks>
internal sealed class Draw
{
    private const double Grid = 5;

    private readonly SeededRandom _random;
    private readonly bool _isOnGrid;

    public Draw(ulong seed, string purpose)
    {
        var hash = 14_695_981_039_346_656_037;
        foreach (var letter in purpose)
        {
            hash = (hash ^ letter) * 1_099_511_628_211;
        }

        var mixed = new SeededRandom(seed).NextUInt64();
        _random = new SeededRandom(mixed ^ hash);
        _isOnGrid = mixed % 4 == 0;
    }

    public bool Chance(double probability) => _random.NextDouble() < probability;

    /// <summary>Both bounds included.</summary>
    public int Between(int least, int most) => least + _random.NextInt32(most - least + 1);

    public double Between(double least, double most) => least + (_random.NextDouble() * (most - least));

    /// <summary>To the tick, unless times are on the grid; there zero only where it is within the bounds.</summary>
    public TimeSpan Time(double leastMilliseconds, double mostMilliseconds) => OnGrid(
        new TimeSpan((long)(Between(leastMilliseconds, mostMilliseconds) * TimeSpan.TicksPerMillisecond)), leastMilliseconds > 0);

    /// <summary>A distribution whose times are on the grid, if all are.</summary>
    public Distribution OnGrid(Distribution distribution) => _isOnGrid ? Distribution.From(random => OnGrid(distribution.Sample(random), isPositive: false)) : distribution;

    /// <summary>Whole milliseconds: times coincide often.</summary>
    public TimeSpan RoundTime(int leastMilliseconds, int mostMilliseconds) =>
        OnGrid(TimeSpan.FromMilliseconds(Between(leastMilliseconds, mostMilliseconds)), leastMilliseconds > 0);

    public T Pick<T>(params ReadOnlySpan<T> choices) => choices[_random.NextInt32(choices.Length)];

    public ulong Number() => _random.NextUInt64();

    private TimeSpan OnGrid(TimeSpan time, bool isPositive)
    {
        if (!_isOnGrid)
        {
            return time;
        }

        var steps = Math.Round(time.TotalMilliseconds / Grid);
        return TimeSpan.FromMilliseconds(Grid * (isPositive ? Math.Max(1, steps) : steps));
    }
}
