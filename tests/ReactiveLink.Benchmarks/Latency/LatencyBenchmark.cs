using System.CommandLine;

namespace ReactiveLink.Benchmarks.Latency;

/// <summary>
/// One datagram at a time goes to an echo and comes back, over loopback, each end in a process with a processor of its own. All contestants stand ready throughout, and take
/// many short turns one after the other: a tail of latency is the machine's own in great part, and what disturbs it for a second then falls on all alike.
/// </summary>
internal static class LatencyBenchmark
{
    private const int TurnsPerRound = 8;

    public static Command CreateCommand() => BenchOptions.CreateCommand(
        "latency", "How long a round trip of one datagram takes: the medians of p50 and p99, in ns, of eight turns a round.", RunAsync);

    public static async Task RunAsync(BenchOptions options)
    {
        var processes = new List<ChildProcess>();
        var samples = EchoContestants.All.ToDictionary(contestant => contestant, _ => new List<BenchSample>());
        try
        {
            var clients = new Dictionary<IEchoContestant, ChildProcess>();
            foreach (var contestant in EchoContestants.All)
            {
                clients.Add(contestant, await StartAsync(contestant, processes));
            }

            foreach (var client in clients.Values)
            {
                await TurnAsync(client, options.WarmUp);
            }

            foreach (var contestant in Rounds.Turns(EchoContestants.All, options.Rounds * TurnsPerRound))
            {
                samples[contestant].Add(await TurnAsync(clients[contestant], options.Window / TurnsPerRound));
            }
        }
        finally
        {
            processes.ForEach(process => process.Dispose());
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

    private static async Task<ChildProcess> StartAsync(IEchoContestant contestant, List<ChildProcess> processes)
    {
        var (server, client) = ProcessorSet.Split(pin: true);
        var echo = ChildProcess.Start(EchoHosts.ServerFor(contestant), server);
        processes.Add(echo);
        long port = (await echo.AnswerAsync())["port"];
        var ping = ChildProcess.Start(EchoHosts.ClientFor(contestant, port), client);
        processes.Add(ping);
        return ping;
    }

    private static async Task<BenchSample> TurnAsync(ChildProcess client, TimeSpan length)
    {
        client.Tell(EchoHosts.Turn(length));
        var answer = await client.AnswerAsync();
        return Measurement.Sample(answer, "trips", answer["p50"], answer["p99"]);
    }
}
