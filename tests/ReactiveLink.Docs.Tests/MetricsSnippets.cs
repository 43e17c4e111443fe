using System.Reactive.Linq;
using System.Reactive.Subjects;
using ReactiveLink.Metrics;

namespace ReactiveLink.Docs.Tests;

/// <summary>The examples of the metrics package.</summary>
public sealed class MetricsSnippets
{
    [Fact]
    public void Windows()
    {
        using var telemetry = new Subject<Attitude>();
        var lines = new List<string>();
        void Print(AlertTransition transition) => lines.Add(transition.To.ToString());

        #region windows
        using var alerts = telemetry
            .SlidingWindow(attitude => attitude.Roll, length: TimeSpan.FromSeconds(5), every: TimeSpan.FromSeconds(1))
            .AlertWhen(window => window.P95, AlertCondition.Above(30, clearBelow: 25), holdFor: TimeSpan.FromSeconds(2))
            .Subscribe(Print);
        #endregion

        telemetry.OnNext(new Attitude(1));
        Assert.Empty(lines);
    }

    [Fact]
    public void Alerts()
    {
        using var telemetry = new Subject<Rover>();
        var rules = new List<string>();
        void Print(AlertTransition transition) => rules.Add(transition.Rule);

        #region alerts
        using var hot = telemetry
            .AlertWhen(rover => rover.Temperature, AlertCondition.Above(80, clearBelow: 75), holdFor: TimeSpan.FromSeconds(2))
            .Subscribe(Print);

        // Of each rover: its battery will be at 20 % in five minutes, if it goes on like the last one.
        using var low = telemetry
            .AlertWhenPerKey(
                rover => rover.Name,
                rover => rover.Battery,
                AlertCondition.PredictedCrossing(20, AlertDirection.Falling, horizon: TimeSpan.FromMinutes(5), over: TimeSpan.FromMinutes(1)),
                options: new AlertOptions { NoDataAfter = TimeSpan.FromSeconds(10) })
            .Subscribe(Print);
        #endregion

        telemetry.OnNext(new Rover("one", Temperature: 81, Battery: 90));
        Assert.Equal(["Above"], rules);
    }

    [Fact]
    public void Registry()
    {
        #region registry
        using var registry = new MetricRegistry();
        var received = registry.GetOrAddCounter("datagrams_received", MetricTags.Of(("link", "ground")));
        var roll = registry.GetOrAddGauge("roll_degrees");

        received.Add(1);
        roll.Set(31.5);
        var average = roll.Aggregate(Aggregation.Average, window: TimeSpan.FromSeconds(60));

        using var rule = registry.AddAlert(roll.Samples.AlertWhen(sample => sample.Value > 30));
        using var alerts = registry.Alerts.Subscribe(alert => Console.WriteLine($"{alert.Rule}: {alert.To}"));
        #endregion

        Assert.Equal(31.5, average);
    }

    private sealed record Attitude(double Roll);

    private sealed record Rover(string Name, double Temperature, double Battery);
}
