using System.Reactive.Linq;
using ReactiveLink;

namespace WindowedMetrics;

/// <summary>How a vehicle lies, in degrees: what goes over the wire.</summary>
internal sealed record Attitude(double Roll);

/// <summary>Three vehicles, each with a link of its own, that send their attitude at a steady rate.</summary>
internal static class Fleet
{
    public static Task RunAsync(UdpEndpoint receiver) => Task.WhenAll(Course.Vehicles.Select(vehicle => DriveAsync(vehicle, receiver)));

    private static async Task DriveAsync(string vehicle, UdpEndpoint receiver)
    {
        await using var link = UdpLink.Connect(receiver.ToString(), options => options with { Source = vehicle });
        await Observable.Interval(TimeSpan.FromSeconds(1.0 / Course.Rate))
            .Select(step => Course.RollAt(vehicle, step / (double)Course.Rate))
            .Take((int)(Course.Seconds * Course.Rate))
            .Where(roll => roll is not null)
            .Select(roll => Observable.FromAsync(() => link.SendAsync(new Attitude(roll!.Value)).AsTask()))
            .Concat();
    }
}
