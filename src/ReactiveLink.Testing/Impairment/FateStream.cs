namespace ReactiveLink.Testing;

/// <summary>
/// The fates of the items of one path or subscription. Every decision about item n draws from a generator that is seeded by the path, n and the kind of
/// decision alone, so none depends on how many numbers others drew.
/// </summary>
internal sealed class FateStream(ulong seed)
{
    private LossModel? _model;
    private bool _bad;
    private long _ordinal;

    /// <summary>Numbers the next item, from 1, and says whether it is lost. Under the owner's lock.</summary>
    public long Next(LossModel? model, out bool lost)
    {
        var ordinal = ++_ordinal;
        if (!ReferenceEquals(model, _model))
        {
            _model = model;
            _bad = false;
        }

        lost = model is not null && model.Loses(ordinal, For(ordinal, Chance.Loss), ref _bad);
        return ordinal;
    }

    public SeededRandom For(long ordinal, Chance chance) => new(SeededRandom.Derive(SeededRandom.Derive(seed, (ulong)chance), (ulong)ordinal));

    public bool Happens(long ordinal, Chance chance, double probability) => probability > 0 && For(ordinal, chance).NextDouble() < probability;

    /// <summary>How long an item is on its way, and the copy if there is one. Calls the user's distribution: under no lock.</summary>
    public Travel Travel(long ordinal, Impairment conditions)
    {
        var held = Happens(ordinal, Chance.Reordering, conditions.Reordering);
        var delay = conditions.Latency + Jitter(ordinal, Chance.Jitter, conditions) + (held ? conditions.ReorderingDelay : TimeSpan.Zero);
        TimeSpan? copy = Happens(ordinal, Chance.Duplication, conditions.Duplication)
            ? conditions.Latency + Jitter(ordinal, Chance.DuplicateJitter, conditions)
            : null;
        return new Travel(delay, held, copy, Happens(ordinal, Chance.Corruption, conditions.Corruption));
    }

    private TimeSpan Jitter(long ordinal, Chance chance, Impairment conditions) => conditions.Jitter?.Sample(For(ordinal, chance)) ?? TimeSpan.Zero;
}
