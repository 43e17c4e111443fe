using System.Reactive.Concurrency;
using System.Reactive.Linq;
using ReactiveLink.Metrics;

namespace WindowedMetrics;

/// <summary>How a vehicle leans, in degrees.</summary>
internal sealed record Reading(string Vehicle, double Roll);

/// <summary>A window over the readings of one vehicle.</summary>
internal sealed record VehicleWindow(string Vehicle, WindowSummary Summary);

/// <summary>From readings to alerts. It knows neither a socket nor a clock, so it runs in virtual time as well.</summary>
internal static class Flow
{
    public static IObservable<AlertTransition> Alerts(IObservable<Reading> readings, IScheduler scheduler, Action<VehicleWindow>? show = null) => readings
        .GroupBy(reading => reading.Vehicle)
        .SelectMany(vehicle => vehicle
            .SlidingWindow(
                reading => reading.Roll,
                length: TimeSpan.FromSeconds(1),
                every: TimeSpan.FromMilliseconds(250),
                // A window without readings says nothing. Told as zero or "not leaning", it would resolve an alert that nobody knows the end of.
                new WindowOptions { EmitEmpty = false },
                scheduler)
            .Select(summary => new VehicleWindow(vehicle.Key, summary)))
        .Do(window => show?.Invoke(window))
        .AlertWhenPerKey(
            window => window.Vehicle,
            window => window.Summary.P95 > 30,
            holdFor: TimeSpan.FromMilliseconds(500),
            keepFiringFor: TimeSpan.FromMilliseconds(500),
            value: window => window.Summary.P95,
            new AlertOptions { Rule = "leaning", NoDataAfter = TimeSpan.FromSeconds(1) },
            scheduler);
}
