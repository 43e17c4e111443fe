using System.Reactive.Linq;
using Microsoft.Reactive.Testing;

namespace ReactiveLink.Metrics.Tests.Alerts;

public sealed class WhenAbsentTests : ReactiveTest
{
    [Fact]
    public void Fires_after_a_silence_and_is_resolved_by_the_next_item()
    {
        var timeline = AlertTimeline.Of((210, 0), (290, 0), (450, 0), (500, 0)).Run(t => On(t), disposed: 590).Gives(
            OnNext(390, "Inactive>Firing Silence 290@390"), OnNext(450, "Firing>Resolved DataReturned 290@450"));

        Assert.Equal([TimeSpan.FromTicks(100).TotalSeconds, TimeSpan.FromTicks(160).TotalSeconds], timeline.Transitions.Select(change => change.Value));
    }

    [Fact]
    public void Counts_from_the_subscription() => new AlertTimeline().Run(On, disposed: 900).Gives(OnNext(300, "Inactive>Firing Silence 200@300"));

    [Fact]
    public void An_item_at_the_moment_of_the_deadline_is_in_time() => AlertTimeline.Of((300, 0)).Run(On, disposed: 390).Gives();

    [Fact]
    public void Completion_is_not_an_absence() => new AlertTimeline(OnNext(210, 0.0), OnCompleted<double>(250)).Run(On).Gives(OnCompleted<string>(250));

    private static IObservable<AlertTransition> On(AlertTimeline t) => t.Source.WhenAbsent(TimeSpan.FromTicks(100), t.Options, t.Scheduler);
}
