using System.Reactive.Linq;
using ReactiveLink;
using ReactiveLink.Metrics;

namespace Syslog;

/// <summary>A quiet program that has a bad moment: for two seconds its database is away. It speaks RFC 5424, and its neighbour RFC 3164.</summary>
internal static class Demo
{
    public const double Seconds = 8;

    public static readonly FlowOptions Options = new()
    {
        Window = TimeSpan.FromSeconds(1),
        Every = TimeSpan.FromMilliseconds(250),
        ErrorsPerSecond = 20,
        HoldFor = TimeSpan.FromMilliseconds(500),
    };

    /// <summary>What is sent at a time, 50 times a second.</summary>
    public static string? At(int step) => (step % 10, step) switch
    {
        (_, >= 100 and < 200) => $"<131>1 - shop.example web 42 DB [db@32473 host=\"db-1\" try=\"{step}\"] no connection",
        (0, _) => "<134>1 - shop.example web 42 - - a page was served",
        (5, _) => "<78>Oct 11 22:14:15 shop cron[7]: (root) CMD (backup)",
        _ => null,
    };

    public static async Task SendAsync(UdpEndpoint receiver)
    {
        await using var program = UdpLink.Connect(receiver.ToString(), options => options with { Frame = FrameFormat.None, Codec = MessageCodecs.Text });
        await Observable.Interval(TimeSpan.FromMilliseconds(20))
            .Take((int)(Seconds * 50))
            .Select(step => At((int)step))
            .Where(message => message is not null)
            .Select(message => Observable.FromAsync(() => program.SendAsync(message!).AsTask()))
            .Concat();
    }

    /// <summary>Says whether the alert did what the burst asks for.</summary>
    /// <returns>The exit code.</returns>
    public static int Judge(IEnumerable<AlertTransition> alerts)
    {
        // A machine that is busy elsewhere may cut the burst in two: each is told, and resolved.
        var seen = alerts.Select(change => change.To).Where(state => state is AlertState.Firing or AlertState.Resolved).ToArray();
        var agree = seen.Length > 0 && seen.Chunk(2).All(pair => pair is [AlertState.Firing, AlertState.Resolved]);
        Console.WriteLine(agree ? "The alert fired in the burst and was resolved after it." : $"WRONG  expected Firing, Resolved; saw {string.Join(", ", seen)}");
        return agree ? 0 : 1;
    }
}
