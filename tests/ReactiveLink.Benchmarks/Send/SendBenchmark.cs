using System.CommandLine;
using System.Globalization;
using ReactiveLink.Benchmarks.Receive;

namespace ReactiveLink.Benchmarks.Send;

/// <summary>
/// Datagrams of 64 bytes to one peer, flat out on one thread, each contestant in a process of its own. The peer is a bound socket that nobody reads and that
/// takes segmented datagrams whole (UDP_GRO): so what is measured is sending, and nothing of a receiver.
/// </summary>
internal static class SendBenchmark
{
    private const int UdpLevel = 17;
    private const int UdpGro = 104;

    public static Command CreateCommand() => BenchOptions.CreateCommand(
        "send", "How fast, and for how much CPU and memory, small datagrams are sent to one peer.", RunAsync);

    public static async Task RunAsync(BenchOptions options)
    {
        using var sink = Loopback.Bind(4096);
        if (OperatingSystem.IsLinux())
        {
            sink.SetRawSocketOption(UdpLevel, UdpGro, BitConverter.GetBytes(1));
        }

        int port = Loopback.PortOf(sink);
        (_, var measured) = ProcessorSet.Split(pin: true);
        Contender[] contenders =
        [
            .. Baselines(port, options),
            .. SendContestants.All.Select(contestant => new Contender(contestant.Name, contestant.Segments, SenderHost.CommandFor(contestant, port, options))),
        ];
        var samples = contenders.ToDictionary(contender => contender, _ => new List<BenchSample>());
        foreach (var contender in Rounds.Turns(contenders, options.Rounds))
        {
            using var sender = ChildProcess.Start(contender.Command, measured);
            samples[contender].Add(Measurement.Sample(await sender.AnswerAsync(), "sent"));
        }

        BenchResult[] results =
        [
            .. contenders.Select(contender => BenchResult.Of("send", contender.Name, SendContestants.Size, contender.Segments, samples[contender])),
        ];
        // A busy machine takes time from one contestant and not from another; CPU time is each one's own.
        await BenchResult.WriteAsync(results, options.Json, [.. new[] { SendContestants.BaselineBatched, "UdpClient.SendAsync" }
            .Select(name => results.FirstOrDefault(result => result.Name == name))
            .OfType<BenchResult>()
            .SelectMany<BenchResult, (string, Func<BenchResult, string>)>(yardstick =>
            [
                ("x " + yardstick.Name, result => BenchResult.Text(result.Median.PerSecond / yardstick.Median.PerSecond, "0.00")),
                ("CPU / " + yardstick.Name, result => BenchResult.Text(result.Median.CpuNsPer / yardstick.Median.CpuNsPer, "0.00")),
            ])]);
    }

    private static IEnumerable<Contender> Baselines(int port, BenchOptions options)
    {
        if (NativeTools.Compile("generate") is not { } program)
        {
            return [];
        }

        string[] Command(int segments) =>
        [
            program, port.ToString(CultureInfo.InvariantCulture), "--size", SendContestants.Size.ToString(CultureInfo.InvariantCulture),
            "--seconds", options.Window.TotalSeconds.ToString(CultureInfo.InvariantCulture), "--segments", segments.ToString(CultureInfo.InvariantCulture),
        ];
        return
        [
            new Contender(SendContestants.BaselineBatched, Segments: false, Command(1)),
            new Contender(SendContestants.BaselineSegmented, Segments: true, Command(64)),
        ];
    }

    private sealed record Contender(string Name, bool Segments, IReadOnlyList<string> Command);
}
