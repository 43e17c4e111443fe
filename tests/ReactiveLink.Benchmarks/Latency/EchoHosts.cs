using System.CommandLine;
using System.Diagnostics;
using System.Globalization;

namespace ReactiveLink.Benchmarks.Latency;

/// <summary>The two processes of a round trip: one answers; the other sends, waits, and prints percentiles of the time between.</summary>
internal static class EchoHosts
{
    private const string ServerName = "echo";
    private const string ClientName = "ping";
    private const int MostSamples = 4_000_000;

    public static IReadOnlyList<string> ServerFor(IEchoContestant contestant) => [.. ChildProcess.Self, ServerName, contestant.Name];

    public static IReadOnlyList<string> ClientFor(IEchoContestant contestant, long port, BenchOptions options) =>
        [.. ChildProcess.Self, ClientName, contestant.Name, Text(port), Text(options.WarmUp.TotalSeconds), Text(options.Window.TotalSeconds)];

    public static Command CreateServer()
    {
        var name = new Argument<string>("name");
        var command = new Command(ServerName) { name };
        command.Hidden = true;
        command.SetAction(parsed =>
        {
            Console.WriteLine($"port={Find(parsed.GetValue(name)).Serve()}");
            Console.In.ReadToEnd();
            Environment.Exit(0);
        });
        return command;
    }

    public static Command CreateClient()
    {
        var name = new Argument<string>("name");
        var port = new Argument<int>("port");
        var warmUp = new Argument<double>("warm-up");
        var window = new Argument<double>("window");
        var command = new Command(ClientName) { name, port, warmUp, window };
        command.Hidden = true;
        command.SetAction(parsed => Ping(
            Find(parsed.GetValue(name)), parsed.GetValue(port), TimeSpan.FromSeconds(parsed.GetValue(warmUp)), TimeSpan.FromSeconds(parsed.GetValue(window))));
        return command;
    }

    private static void Ping(IEchoContestant contestant, int port, TimeSpan warmUp, TimeSpan window)
    {
        var times = new long[MostSamples];
        int count = 0;
        long start = Stopwatch.GetTimestamp(), last = start;
        var begin = default(Measurement);
        bool warm = false;
        contestant.Ping(port, () =>
        {
            long now = Stopwatch.GetTimestamp();
            if (warm)
            {
                times[count++] = now - last;
                last = now;
                return count < MostSamples && Stopwatch.GetElapsedTime(start, now) < window;
            }

            if (Stopwatch.GetElapsedTime(start, now) >= warmUp)
            {
                warm = true;
                begin = Measurement.Take();
                start = now = Stopwatch.GetTimestamp();
            }

            last = now;
            return true;
        });
        var end = Measurement.Take();
        var sorted = times.AsSpan(0, count);
        sorted.Sort();
        Console.WriteLine($"trips={count} p50={Nanoseconds(sorted[count / 2])} p99={Nanoseconds(sorted[(int)(count * 0.99)])} {end.Since(begin)}");
        Environment.Exit(0);
    }

    private static long Nanoseconds(long ticks) => (long)(ticks * (1e9 / Stopwatch.Frequency));

    private static IEchoContestant Find(string? name) => EchoContestants.All.First(contestant => contestant.Name == name);

    private static string Text(double value) => value.ToString(CultureInfo.InvariantCulture);
}
