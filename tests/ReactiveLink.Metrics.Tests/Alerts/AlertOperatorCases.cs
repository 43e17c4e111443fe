using System.Reactive.Concurrency;
using System.Reactive.Linq;
using Microsoft.Reactive.Testing;

namespace ReactiveLink.Metrics.Tests.Alerts;

/// <summary>What holds for every alert operator. The values of the source are harmless for all of them.</summary>
public abstract class AlertOperatorCases : ReactiveTest
{
    protected static TimeSpan Ticks(long ticks) => TimeSpan.FromTicks(ticks);

    protected abstract IObservable<AlertTransition> Apply(IObservable<double> source, Func<double, double> selector, AlertOptions? options, IScheduler? scheduler);

    [Fact]
    public void ArgumentChecking()
    {
        Assert.Throws<ArgumentNullException>("source", () => Apply(null!, value => value, null, null));
        Assert.Throws<ArgumentException>("options", () => Apply(Observable.Empty<double>(), value => value, new AlertOptions { MaximumKeys = 0 }, null));
        Assert.Throws<ArgumentNullException>("observer", () => Apply(Observable.Empty<double>(), value => value, null, null).Subscribe(null!));
        OwnArgumentChecking();
    }

    [Fact]
    public void Never() => new AlertTimeline().Run(t => Apply(t.Source, value => value, t.Options, t.Scheduler)).Gives().Subscribed(200, 1000);

    [Fact]
    public void Empty() => new AlertTimeline(OnCompleted<double>(250)).Run(t => Apply(t.Source, value => value, t.Options, t.Scheduler))
        .Gives(OnCompleted<string>(250)).Subscribed(200, 250);

    [Fact]
    public void Error()
    {
        var error = new InvalidOperationException("test");

        new AlertTimeline(OnNext(210, 0.0), OnError<double>(250, error)).Run(t => Apply(t.Source, value => value, t.Options, t.Scheduler))
            .Gives(OnError<string>(250, error)).Subscribed(200, 250);
    }

    [Fact]
    public void Dispose() => new AlertTimeline(OnNext(210, 0.0), OnNext(310, 0.0), OnCompleted<double>(400))
        .Run(t => Apply(t.Source, value => value, t.Options, t.Scheduler), disposed: 300).Gives().Subscribed(200, 300);

    [Fact]
    public void SelectorThrows()
    {
        var error = new InvalidOperationException("test");

        new AlertTimeline(OnNext(210, 0.0), OnNext(220, 1.0), OnNext(230, 0.0))
            .Run(t => Apply(t.Source, value => value == 1 ? throw error : value, t.Options, t.Scheduler))
            .Gives(OnError<string>(220, error)).Subscribed(200, 220);
    }

    protected abstract void OwnArgumentChecking();
}
