using System.CommandLine;

namespace ReactiveLink.Benchmarks.Latency;

/// <summary>One datagram at a time goes to an echo and comes back, over loopback, each end in a process with a processor of its own.</summary>
internal static class LatencyBenchmark
{
    public static Command CreateCommand() => BenchOptions.CreateCommand(
        "latency", "How long a round trip of one datagram takes: p50 and p99 in ns.", RunAsync);

    public static async Task RunAsync(BenchOptions options)
    {
        var (server, client) = ProcessorSet.Split(pin: true);
        var samples = EchoContestants.All.ToDictionary(contestant => contestant, _ => new List<BenchSample>());
        foreach (var contestant in Rounds.Turns(EchoContestants.All, options.Rounds))
        {
            using var echo = ChildProcess.Start(EchoHosts.ServerFor(contestant), server);
            long port = (await echo.AnswerAsync())["port"];
            using var ping = ChildProcess.Start(EchoHosts.ClientFor(contestant, port, options), client);
            var answer = await ping.AnswerAsync();
            samples[contestant].Add(Measurement.Sample(answer, "trips", answer["p50"], answer["p99"]));
        }

        BenchResult[] results =
        [
            .. samples.Select(pair => BenchResult.Of("latency", pair.Key.Name, EchoContestants.Size, gro: false, pair.Value, "p50Ns", "p99Ns")),
        ];
        var baseline = results.First(result => result.Name == EchoContestants.Baseline);
        await BenchResult.WriteAsync(
            results,
            options.Json,
            ("p50 / socket", result => BenchResult.Text(result.Median.Others[0] / baseline.Median.Others[0], "0.00")),
            ("p99 / socket", result => BenchResult.Text(result.Median.Others[1] / baseline.Median.Others[1], "0.00")));
    }
}
