using System.CommandLine;
using System.Diagnostics;
using System.Globalization;

namespace ReactiveLink.Benchmarks.Send;

/// <summary>The process in which one .NET contestant is measured: it warms up, sends for a window, prints what that cost, and ends.</summary>
internal static class SenderHost
{
    private const string CommandName = "sender";

    public static IReadOnlyList<string> CommandFor(ISendContestant contestant, int port, BenchOptions options) =>
        [.. ChildProcess.Self, CommandName, contestant.Name, Text(port), Text(options.WarmUp.TotalSeconds), Text(options.Window.TotalSeconds)];

    public static Command CreateCommand()
    {
        var name = new Argument<string>("name");
        var port = new Argument<int>("port");
        var warmUp = new Argument<double>("warm-up");
        var window = new Argument<double>("window");
        var command = new Command(CommandName) { name, port, warmUp, window };
        command.Hidden = true;
        command.SetAction(parsed => RunAsync(
            SendContestants.All.First(contestant => contestant.Name == parsed.GetValue(name)),
            parsed.GetValue(port),
            TimeSpan.FromSeconds(parsed.GetValue(warmUp)),
            TimeSpan.FromSeconds(parsed.GetValue(window))));
        return command;
    }

    private static async Task RunAsync(ISendContestant contestant, int port, TimeSpan warmUp, TimeSpan window)
    {
        contestant.Open(port);
        await SendAsync(contestant, warmUp);
        var begin = Measurement.Take();
        long sent = await SendAsync(contestant, window);
        var end = Measurement.Take();
        Console.WriteLine($"sent={sent} {end.Since(begin)}");
        Environment.Exit(0);
    }

    private static async Task<long> SendAsync(ISendContestant contestant, TimeSpan time)
    {
        long start = Stopwatch.GetTimestamp();
        long sent = 0;
        while (Stopwatch.GetElapsedTime(start) < time)
        {
            sent += await contestant.SendAsync();
        }

        return sent;
    }

    private static string Text(double value) => value.ToString(CultureInfo.InvariantCulture);
}
