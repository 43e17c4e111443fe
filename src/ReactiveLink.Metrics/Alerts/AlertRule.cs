using System.Reactive.Concurrency;

namespace ReactiveLink.Metrics.Alerts;

/// <summary>What an alert operator was asked for, checked: a stream of transitions for whoever subscribes.</summary>
internal sealed class AlertRule<T, TKey>(IObservable<T> source, string name, AlertOptions options, IScheduler? scheduler) : IObservable<AlertTransition>
    where TKey : notnull
{
    public string Name => options.Rule ?? name;

    public AlertOptions Options => options;

    public IScheduler Scheduler { get; } = scheduler ?? DefaultScheduler.Instance;

    /// <summary>Null for an operator without keys.</summary>
    public Func<T, TKey>? KeySelector { get; init; }

    /// <summary>Makes the machine of a key, given the time.</summary>
    public required Func<object?, long, AlertMachine<T>> NewMachine { get; init; }

    public IDisposable Subscribe(IObserver<AlertTransition> observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        return new AlertSink<T, TKey>(observer, this).Run(source);
    }
}
