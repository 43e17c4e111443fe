using System.Collections.Frozen;

namespace ReactiveLink.Testing;

/// <summary>Which items of a path or stream are lost. Immutable; what a model remembers is kept by each path or subscription for itself.</summary>
public abstract class LossModel
{
    private protected LossModel()
    {
    }

    /// <summary>Each item is lost with the same probability, whatever happened to the others.</summary>
    /// <param name="probability">0 to 1.</param>
    /// <returns>A model.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="probability"/> is out of range.</exception>
    public static LossModel Random(double probability) => new RandomLoss(Checked(probability, nameof(probability)));

    /// <summary>
    /// Losses in bursts: a Markov chain of a good and a bad state (Gilbert, "Capacity of a Burst-Noise Channel", 1960; Elliott, 1963). The chain starts in
    /// the good state and steps before each item. With the default losses the rate is enter / (enter + leave), and a burst is 1 / leave items long on average.
    /// </summary>
    /// <param name="enter">The probability of going from good to bad, 0 to 1.</param>
    /// <param name="leave">The probability of going from bad to good, 0 to 1.</param>
    /// <param name="lossInBad">The probability of loss in the bad state, 0 to 1.</param>
    /// <param name="lossInGood">The probability of loss in the good state, 0 to 1.</param>
    /// <returns>A model.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range.</exception>
    public static LossModel Burst(double enter, double leave, double lossInBad = 1, double lossInGood = 0) => new BurstLoss(
        Checked(enter, nameof(enter)), Checked(leave, nameof(leave)), Checked(lossInBad, nameof(lossInBad)), Checked(lossInGood, nameof(lossInGood)));

    /// <summary>The items n, 2n, 3n and so on are lost, counted from 1 since the path or subscription began.</summary>
    /// <param name="n">At least 1, which loses all.</param>
    /// <returns>A model.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="n"/> is not positive.</exception>
    public static LossModel EveryNth(long n)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(n);
        return new NthLoss(n);
    }

    /// <summary>Exactly these items are lost, counted from 1 since the path or subscription began.</summary>
    /// <param name="ordinals">Which.</param>
    /// <returns>A model.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="ordinals"/> is null.</exception>
    public static LossModel Exactly(params long[] ordinals)
    {
        ArgumentNullException.ThrowIfNull(ordinals);
        return new ListedLoss([.. ordinals]);
    }

    /// <summary>Whether an item is lost. Called once for each, in order, under the lock of whoever keeps the state: calls nobody.</summary>
    internal abstract bool Loses(long ordinal, SeededRandom random, ref bool bad);

    private static double Checked(double probability, string name) => probability is >= 0 and <= 1
        ? probability
        : throw new ArgumentOutOfRangeException(name, probability, "A probability is from 0 to 1.");

    private sealed class RandomLoss(double probability) : LossModel
    {
        internal override bool Loses(long ordinal, SeededRandom random, ref bool bad) => random.NextDouble() < probability;
    }

    private sealed class BurstLoss(double enter, double leave, double lossInBad, double lossInGood) : LossModel
    {
        internal override bool Loses(long ordinal, SeededRandom random, ref bool bad)
        {
            var step = random.NextDouble();
            bad = bad ? step >= leave : step < enter;
            return random.NextDouble() < (bad ? lossInBad : lossInGood);
        }
    }

    private sealed class NthLoss(long n) : LossModel
    {
        internal override bool Loses(long ordinal, SeededRandom random, ref bool bad) => ordinal % n == 0;
    }

    private sealed class ListedLoss(IEnumerable<long> ordinals) : LossModel
    {
        private readonly FrozenSet<long> _ordinals = ordinals.ToFrozenSet();

        internal override bool Loses(long ordinal, SeededRandom random, ref bool bad) => _ordinals.Contains(ordinal);
    }
}
