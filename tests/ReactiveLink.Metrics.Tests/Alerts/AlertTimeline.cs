using System.Globalization;
using System.Reactive;
using System.Reactive.Linq;
using Microsoft.Reactive.Testing;

namespace ReactiveLink.Metrics.Tests.Alerts;

/// <summary>A hot source of values and what an alert operator makes of it, in virtual time: subscribed at 200, disposed at 1000.</summary>
internal sealed class AlertTimeline
{
    private readonly ITestableObserver<AlertRefusal> _refusals;
    private ITestableObserver<string>? _result;

    public AlertTimeline(params Recorded<Notification<double>>[] messages)
    {
        Source = Scheduler.CreateHotObservable(messages);
        _refusals = Scheduler.CreateObserver<AlertRefusal>();
    }

    public TestScheduler Scheduler { get; } = new();

    public ITestableObservable<double> Source { get; }

    public AlertOptions Options => new() { Refusals = _refusals };

    public List<AlertTransition> Transitions { get; } = [];

    public IEnumerable<AlertRefusal> Refused => _refusals.Messages.Select(message => message.Value.Value);

    /// <summary>Items at the times given, 1 for true and 0 for false.</summary>
    public static AlertTimeline Of(params (long At, double Value)[] items) =>
        new([.. items.Select(item => ReactiveTest.OnNext(item.At, item.Value))]);

    public AlertTimeline Run(Func<AlertTimeline, IObservable<AlertTransition>> alert, long disposed = 1000)
    {
        _result = Scheduler.Start(() => alert(this).Do(Transitions.Add).Select(Text), disposed);
        return this;
    }

    /// <summary>Each message as time, key if any, from, to, reason, since.</summary>
    public AlertTimeline Gives(params Recorded<Notification<string>>[] messages)
    {
        _result!.Messages.AssertEqual(messages);
        Assert.All(Transitions, transition => Assert.NotEqual(transition.From, transition.To));
        return this;
    }

    public AlertTimeline Subscribed(long from, long to)
    {
        Source.Subscriptions.AssertEqual(ReactiveTest.Subscribe(from, to));
        return this;
    }

    private static string Text(AlertTransition change) => string.Create(
        CultureInfo.InvariantCulture, $"{change.Key}{(change.Key is null ? "" : ": ")}{change.From}>{change.To} {change.Reason} {change.Since.Ticks}@{change.At.Ticks}");
}
