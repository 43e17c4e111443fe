using System.CommandLine;
using System.Diagnostics;
using System.Globalization;

namespace ReactiveLink.Benchmarks.Latency;

/// <summary>The two processes of a round trip: one answers; the other, for each line that it reads, sends and waits for so many seconds, and prints percentiles of the time between.</summary>
internal static class EchoHosts
{
    private const string ServerName = "echo";
    private const string ClientName = "ping";
    private const int MostSamples = 4_000_000;

    public static IReadOnlyList<string> ServerFor(IEchoContestant contestant) => [.. ChildProcess.Self, ServerName, contestant.Name];

    public static IReadOnlyList<string> ClientFor(IEchoContestant contestant, long port) =>
        [.. ChildProcess.Self, ClientName, contestant.Name, Text(port)];

    /// <summary>What to tell a client for a turn.</summary>
    public static string Turn(TimeSpan length) => Text(length.TotalSeconds);

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
        var command = new Command(ClientName) { name, port };
        command.Hidden = true;
        command.SetAction(parsed => Ping(Find(parsed.GetValue(name)).Open(parsed.GetValue(port))));
        return command;
    }

    private static void Ping(Action<Func<bool>> run)
    {
        var times = new long[MostSamples];
        while (Console.In.ReadLine() is { } line)
        {
            var length = TimeSpan.FromSeconds(double.Parse(line, CultureInfo.InvariantCulture));
            int count = 0;
            var begin = Measurement.Take();
            long start = Stopwatch.GetTimestamp(), last = start;
            run(() =>
            {
                long now = Stopwatch.GetTimestamp();
                times[count++] = now - last;
                last = now;
                return count < MostSamples && Stopwatch.GetElapsedTime(start, now) < length;
            });
            var end = Measurement.Take();
            var sorted = times.AsSpan(0, count);
            sorted.Sort();
            Console.WriteLine($"trips={count} p50={Nanoseconds(sorted[count / 2])} p99={Nanoseconds(sorted[(int)(count * 0.99)])} {end.Since(begin)}");
        }

        Environment.Exit(0);
    }

    private static long Nanoseconds(long ticks) => (long)(ticks * (1e9 / Stopwatch.Frequency));

    private static IEchoContestant Find(string? name) => EchoContestants.All.First(contestant => contestant.Name == name);

    private static string Text(double value) => value.ToString(CultureInfo.InvariantCulture);
}
