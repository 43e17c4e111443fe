using ReactiveLink.Testing;

namespace ReactiveLink.Simulation.Scenarios;

/// <summary>Random choices of one purpose: a stream of its own, so that switching a part off does not change what is drawn for the others.</summary>
internal sealed class Draw
{
    private readonly SeededRandom _random;

    public Draw(ulong seed, string purpose)
    {
        var hash = 14_695_981_039_346_656_037;
        foreach (var letter in purpose)
        {
            hash = (hash ^ letter) * 1_099_511_628_211;
        }

        _random = new SeededRandom(new SeededRandom(seed).NextUInt64() ^ hash);
    }

    public bool Chance(double probability) => _random.NextDouble() < probability;

    /// <summary>Both bounds included.</summary>
    public int Between(int least, int most) => least + _random.NextInt32(most - least + 1);

    public double Between(double least, double most) => least + (_random.NextDouble() * (most - least));

    /// <summary>To the tick: times of different origin seldom coincide.</summary>
    public TimeSpan Time(double leastMilliseconds, double mostMilliseconds) =>
        new((long)(Between(leastMilliseconds, mostMilliseconds) * TimeSpan.TicksPerMillisecond));

    /// <summary>Whole milliseconds: times coincide often.</summary>
    public TimeSpan RoundTime(int leastMilliseconds, int mostMilliseconds) => TimeSpan.FromMilliseconds(Between(leastMilliseconds, mostMilliseconds));

    public T Pick<T>(params ReadOnlySpan<T> choices) => choices[_random.NextInt32(choices.Length)];

    public ulong Number() => _random.NextUInt64();
}
