namespace ReactiveLink.Testing;

/// <summary>
/// Random numbers that are the same for a seed on every version of .NET: SplitMix64 (Steele, Lea and Flood, "Fast Splittable Pseudorandom Number
/// Generators", OOPSLA 2014). Not for secrets. One thread at a time.
/// </summary>
/// <param name="seed">Any number; each gives a stream of its own.</param>
public sealed class SeededRandom(ulong seed)
{
    private const ulong Golden = 0x9E3779B97F4A7C15;

    private ulong _state = seed;

    /// <summary>The next 64 bits.</summary>
    /// <returns>Any number, each as likely.</returns>
    public ulong NextUInt64() => Mix(_state += Golden);

    /// <summary>The next number in [0, 1), a multiple of 2⁻⁵³.</summary>
    /// <returns>At least 0, less than 1.</returns>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <summary>The next whole number below a bound, without bias (Lemire, "Fast Random Integer Generation in an Interval", 2019).</summary>
    /// <param name="bound">At least 1.</param>
    /// <returns>0 to <paramref name="bound"/> less 1.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="bound"/> is not positive.</exception>
    public int NextInt32(int bound)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bound);
        var limit = (uint)bound;
        var product = (NextUInt64() >> 32) * limit;
        if ((uint)product < limit)
        {
            var least = (0u - limit) % limit;
            while ((uint)product < least)
            {
                product = (NextUInt64() >> 32) * limit;
            }
        }

        return (int)(product >> 32);
    }

    /// <summary>The next number of the standard normal distribution (Box and Muller, 1958).</summary>
    /// <returns>Mean 0, standard deviation 1.</returns>
    public double NextNormal()
    {
        var radius = Math.Sqrt(-2 * Math.Log(1 - NextDouble()));
        return radius * Math.Cos(2 * Math.PI * NextDouble());
    }

    /// <summary>A seed for a part with a name: the same whatever other parts there are.</summary>
    internal static ulong Derive(ulong seed, string name)
    {
        // FNV-1a over the UTF-16 code units.
        var hash = 0xCBF29CE484222325;
        foreach (var unit in name)
        {
            hash = (hash ^ unit) * 0x100000001B3;
        }

        return Mix(seed ^ Mix(hash));
    }

    /// <summary>A seed for a part with a number.</summary>
    internal static ulong Derive(ulong seed, ulong number) => Mix(seed ^ Mix(number + Golden));

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
