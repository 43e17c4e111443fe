using System.Reactive.Concurrency;

namespace ReactiveLink.Metrics.Alerts;

/// <summary>What an alert operator was asked for, checked.</summary>
internal sealed class AlertRule<T, TKey>
    where TKey : notnull
{
    public required string Name { get; init; }

    public required AlertOptions Options { get; init; }

    public required IScheduler Scheduler { get; init; }

    /// <summary>Null for an operator without keys.</summary>
    public Func<T, TKey>? KeySelector { get; init; }

    /// <summary>Makes the machine of a key, given the time.</summary>
    public required Func<object?, long, AlertMachine<T>> NewMachine { get; init; }
}

/// <summary>Builds the rules of the public operators.</summary>
internal static class AlertRules
{
    private static readonly TimeSpan Never = TimeSpan.MaxValue;

    /// <summary>A rule without keys over a condition, whose state each subscription has for itself.</summary>
    public static IObservable<AlertTransition> Over<T>(
        IObservable<T> source,
        string name,
        Func<AlertCondition<T>> condition,
        TimeSpan holdFor,
        TimeSpan keepFiringFor,
        AlertOptions? options,
        IScheduler? scheduler)
    {
        options = Check(holdFor, keepFiringFor, options);
        var timing = new AlertTiming(holdFor, keepFiringFor, options.NoDataAfter ?? Never, Never);
        return new AlertSource<T, int>(source, new AlertRule<T, int>
        {
            Name = options.Rule ?? name,
            Options = options,
            Scheduler = scheduler ?? DefaultScheduler.Instance,
            NewMachine = (key, now) => new ConditionMachine<T>(key, condition(), timing, now),
        });
    }

    /// <summary>A rule with an alert for each key.</summary>
    public static IObservable<AlertTransition> PerKey<T, TKey>(
        IObservable<T> source,
        string name,
        Func<T, TKey> keySelector,
        Func<AlertCondition<T>> condition,
        TimeSpan holdFor,
        TimeSpan keepFiringFor,
        AlertOptions? options,
        IScheduler? scheduler)
        where TKey : notnull
    {
        options = Check(holdFor, keepFiringFor, options);
        var timing = new AlertTiming(holdFor, keepFiringFor, options.NoDataAfter ?? Never, options.KeyIdleExpiry);
        return new AlertSource<T, TKey>(source, new AlertRule<T, TKey>
        {
            Name = options.Rule ?? name,
            Options = options,
            Scheduler = scheduler ?? DefaultScheduler.Instance,
            KeySelector = keySelector,
            NewMachine = (key, now) => new ConditionMachine<T>(key, condition(), timing, now),
        });
    }

    private static AlertOptions Check(TimeSpan holdFor, TimeSpan keepFiringFor, AlertOptions? options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(holdFor, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(keepFiringFor, TimeSpan.Zero);
        return AlertOptions.Checked(options);
    }
}

internal sealed class AlertSource<T, TKey>(IObservable<T> source, AlertRule<T, TKey> rule) : IObservable<AlertTransition>
    where TKey : notnull
{
    public IDisposable Subscribe(IObserver<AlertTransition> observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        return new AlertSink<T, TKey>(observer, rule).Run(source);
    }
}
