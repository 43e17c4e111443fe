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

internal readonly record struct AlertReading(AlertLevel Level, double Value)
{
    public static AlertReading Of(bool isTrue, double value) => new(isTrue ? AlertLevel.True : AlertLevel.False, value);
}

/// <summary>The condition of a rule, with what it has to remember of one key.</summary>
internal abstract class AlertCondition<T>
{
    /// <summary>Judges an item. The only place where the user's delegates run.</summary>
    /// <param name="item">The item.</param>
    /// <param name="now">When it came, in ticks of the subscription's clock.</param>
    public abstract AlertReading Read(T item, long now);
}

/// <summary>A predicate of the single item.</summary>
internal sealed class PredicateCondition<T>(Func<T, bool> predicate, Func<T, double>? value) : AlertCondition<T>
{
    public override AlertReading Read(T item, long now) => AlertReading.Of(predicate(item), value is null ? double.NaN : value(item));
}
