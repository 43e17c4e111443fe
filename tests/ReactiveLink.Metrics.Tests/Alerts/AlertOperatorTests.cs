using System.Reactive;
using System.Reactive.Linq;
using Microsoft.Reactive.Testing;

namespace ReactiveLink.Metrics.Tests.Alerts;

/// <summary>What holds for every alert operator, over every condition.</summary>
public sealed class AlertOperatorTests : ReactiveTest
{
    private static readonly InvalidOperationException Mine = new("mine");

    public static TheoryData<string, string> Forms => AlertForms.All;

    [Theory]
    [MemberData(nameof(Forms))]
    public void ArgumentChecking(string form, string condition)
    {
        var source = Observable.Empty<double>();

        Assert.Throws<ArgumentNullException>("source", () => AlertForms.Apply(form, condition, null!, value => value));
        Assert.Throws<ArgumentException>("options", () => AlertForms.Apply(form, condition, source, value => value, new AlertOptions { MaximumKeys = 0 }));
        Assert.Throws<ArgumentNullException>("observer", () => AlertForms.Apply(form, condition, source, value => value).Subscribe(null!));
    }

    [Fact]
    public void ArgumentChecking_of_their_own()
    {
        var source = Observable.Empty<double>();
        var above = AlertCondition.Above(1, 0);
        var negative = TimeSpan.FromTicks(-1);

        Assert.Throws<ArgumentNullException>("predicate", () => source.AlertWhen(null!));
        Assert.Throws<ArgumentOutOfRangeException>("holdFor", () => source.AlertWhen(_ => true, holdFor: negative));
        Assert.Throws<ArgumentOutOfRangeException>("keepFiringFor", () => source.AlertWhen(_ => true, keepFiringFor: negative));
        Assert.Throws<ArgumentNullException>("selector", () => source.AlertWhen(null!, above));
        Assert.Throws<ArgumentNullException>("condition", () => source.AlertWhen(x => x, null!));
        Assert.Throws<ArgumentOutOfRangeException>("holdFor", () => source.AlertWhen(x => x, above, holdFor: negative));
        Assert.Throws<ArgumentOutOfRangeException>("keepFiringFor", () => source.AlertWhen(x => x, above, keepFiringFor: negative));
        Assert.Throws<ArgumentNullException>("keySelector", () => source.AlertWhenPerKey((Func<double, int>)null!, _ => true));
        Assert.Throws<ArgumentNullException>("predicate", () => source.AlertWhenPerKey(x => x, null!));
        Assert.Throws<ArgumentOutOfRangeException>("holdFor", () => source.AlertWhenPerKey(x => x, _ => true, holdFor: negative));
        Assert.Throws<ArgumentNullException>("keySelector", () => source.AlertWhenPerKey((Func<double, int>)null!, x => x, above));
        Assert.Throws<ArgumentNullException>("selector", () => source.AlertWhenPerKey(x => x, null!, above));
        Assert.Throws<ArgumentNullException>("condition", () => source.AlertWhenPerKey(x => x, x => x, null!));
        Assert.Throws<ArgumentOutOfRangeException>("timeout", () => source.WhenAbsent(TimeSpan.Zero));
        Assert.Throws<ArgumentNullException>("keySelector", () => source.WhenStale((Func<double, int>)null!, TimeSpan.FromTicks(1)));
        Assert.Throws<ArgumentOutOfRangeException>("timeout", () => source.WhenStale(x => x, TimeSpan.Zero));
        Assert.Throws<ArgumentOutOfRangeException>("timeout", () => source.WhenStale(x => x, AlertOptions.Default.KeyIdleExpiry));
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void Never(string form, string condition) => Run(form, condition).Gives().Subscribed(200, 1000);

    [Theory]
    [MemberData(nameof(Forms))]
    public void Empty(string form, string condition) => Run(form, condition, OnCompleted<double>(250)).Gives(OnCompleted<string>(250)).Subscribed(200, 250);

    [Theory]
    [MemberData(nameof(Forms))]
    public void Error(string form, string condition) =>
        Run(form, condition, OnNext(210, 50.0), OnError<double>(250, Mine)).Gives(OnError<string>(250, Mine)).Subscribed(200, 250);

    [Theory]
    [MemberData(nameof(Forms))]
    public void Dispose(string form, string condition) => new AlertTimeline(OnNext(210, 50.0), OnNext(310, 50.0), OnCompleted<double>(400))
        .Run(t => AlertForms.Apply(form, condition, t.Source, value => value, t.Options, t.Scheduler), disposed: 300).Gives().Subscribed(200, 300);

    [Theory]
    [MemberData(nameof(Forms))]
    public void SelectorThrows(string form, string condition) => new AlertTimeline(OnNext(210, 50.0), OnNext(220, 1.0), OnNext(230, 50.0))
        .Run(t => AlertForms.Apply(form, condition, t.Source, value => value == 1 ? throw Mine : value, t.Options, t.Scheduler))
        .Gives(OnError<string>(220, Mine)).Subscribed(200, 220);

    private static AlertTimeline Run(string form, string condition, params Recorded<Notification<double>>[] messages) =>
        new AlertTimeline(messages).Run(t => AlertForms.Apply(form, condition, t.Source, value => value, t.Options, t.Scheduler));
}
