using System.Reactive.Linq;
using ReactiveLink;

namespace Quickstart;

/// <summary>Sends attitude telemetry at a steady rate.</summary>
internal static class Plant
{
    public static async Task<Truth> RunAsync(UdpEndpoint receiver, int messages, int rate, int seed)
    {
        var network = new HarmfulTransport(UdpTransport.Open(new UdpTransportOptions { Remote = receiver }), seed);
        await using (var link = UdpLink.Over(network, new LinkOptions { Source = "plant" }))
        {
            await Observable.Interval(TimeSpan.FromSeconds(1.0 / rate))
                .Take(messages)
                .Select(step => Observable.FromAsync(() => link.SendAsync(At(step / (double)rate)).AsTask()))
                .Concat();
            network.Flush();
        }

        return network.Truth;
    }

    /// <summary>A slow roll that passes 30 degrees for a while, and the small movements of the other axes.</summary>
    private static Attitude At(double seconds) => new(
        Roll: Math.Round(40 * Math.Sin(seconds * 2 * Math.PI / 6), 3),
        Pitch: Math.Round(3 * Math.Cos(seconds * 4), 3),
        Yaw: Math.Round(seconds * 10 % 360, 3));
}
