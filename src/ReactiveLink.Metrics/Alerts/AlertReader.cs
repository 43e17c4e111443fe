namespace ReactiveLink.Metrics.Alerts;

/// <summary>What a rule makes of one item.</summary>
internal enum AlertLevel : byte
{
    /// <summary>It cannot say yet.</summary>
    Unknown,
    False,
    True,

    /// <summary>The value is none; as if the item had not come, but counted.</summary>
    Refused,
}

/// <param name="Level">What was made of the item.</param>
/// <param name="Value">The value for the transition, where it was judged.</param>
internal readonly record struct AlertReading(AlertLevel Level, double Value)
{
    public static AlertReading Unknown => default;

    public static AlertReading Refused => new(AlertLevel.Refused, double.NaN);

    public static AlertReading Of(bool isTrue, double value) => new(isTrue ? AlertLevel.True : AlertLevel.False, value);
}

/// <summary>Reads the items of one key. The only place where the user's delegates run but for the key selector.</summary>
internal abstract class AlertReader<T>
{
    /// <param name="item">The item.</param>
    /// <param name="now">When it came, in ticks of the subscription's clock.</param>
    public abstract AlertReading Read(T item, long now);
}

/// <summary>A predicate of the single item.</summary>
internal sealed class PredicateReader<T>(Func<T, bool> predicate, Func<T, double>? value) : AlertReader<T>
{
    public override AlertReading Read(T item, long now) => AlertReading.Of(predicate(item), value is null ? double.NaN : value(item));
}

/// <summary>A condition over a value of the items.</summary>
internal sealed class ValueReader<T>(Func<T, double> selector, AlertJudge judge) : AlertReader<T>
{
    public override AlertReading Read(T item, long now)
    {
        var value = selector(item);
        return double.IsFinite(value) || (judge.TakesInfinities && double.IsInfinity(value)) ? judge.Judge(value, now) : AlertReading.Refused;
    }
}
