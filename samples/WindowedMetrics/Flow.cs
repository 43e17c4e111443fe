using System.Reactive.Concurrency;
using System.Reactive.Linq;
using ReactiveLink.Metrics;

namespace WindowedMetrics;

/// <summary>How a vehicle leans, in degrees.</summary>
internal sealed record Reading(string Vehicle, double Roll);

/// <summary>From readings to alerts. It knows neither a socket nor a clock, so it runs in virtual time as well.</summary>
internal static class Flow
{
    public static IObservable<AlertTransition> Alerts(IObservable<Reading> readings, IScheduler scheduler, Action<KeyedWindow<string>>? show = null) => readings
        .PerKey(
            reading => reading.Vehicle,
            reading => reading.Roll,
            length: TimeSpan.FromSeconds(1),
            every: TimeSpan.FromMilliseconds(250),
            // A window without readings says nothing. Told as "not leaning", it would resolve an alert that nobody knows the end of.
            options: new WindowOptions { EmitEmpty = false },
            scheduler: scheduler)
        .Do(vehicle => show?.Invoke(vehicle))
        .AlertWhenPerKey(
            vehicle => vehicle.Key!,
            vehicle => vehicle.Window.P95 > 30,
            holdFor: TimeSpan.FromMilliseconds(500),
            keepFiringFor: TimeSpan.FromMilliseconds(500),
            value: vehicle => vehicle.Window.P95,
            new AlertOptions { Rule = "leaning", NoDataAfter = TimeSpan.FromSeconds(1) },
            scheduler);
}
