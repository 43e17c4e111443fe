using System.CommandLine;

namespace ReactiveLink.Benchmarks.Dashboard;

/// <summary>
/// What the dashboard adds to a link: CPU time per datagram of a process with a bare link, of the dashboard that nobody looks at, and of one with three real browsers, at
/// 50,000 envelopes a second. All stand ready throughout, the browsers too, so that what they take from the machine falls on all turns alike.
/// </summary>
internal static class DashboardBenchmark
{
    private const int Rate = 50_000;
    private const int Browsers = 3;
    private const string Bare = "ReactiveLink link";
    private const string Alone = "with dashboard";
    private const string Watched = "with dashboard, 3 browsers";

    private static readonly string[] Names = [Bare, Alone, Watched];

    public static Command CreateCommand() => BenchOptions.CreateCommand(
        "dashboard", "What samples/Dashboard adds to a link's CPU at 50,000 datagrams a second, with three browsers.", RunAsync);

    public static async Task RunAsync(BenchOptions options)
    {
        var load = Load.Envelopes(Rate);
        var (generatorSet, measured) = ProcessorSet.Split(pin: true);
        var generator = new LoadGenerator(portable: false, generatorSet);
        using var bare = ChildProcess.Start(LinkHost.Command, measured);
        int barePort = (int)(await bare.AnswerAsync())["port"];
        using var alone = await DashboardProcess.StartAsync(measured);
        using var watched = await DashboardProcess.StartAsync(measured);
        await watched.OpenBrowsersAsync(Browsers);
        var ports = new Dictionary<string, int>(StringComparer.Ordinal) { [Bare] = barePort, [Alone] = alone.Port, [Watched] = watched.Port };
        var samples = Names.ToDictionary(name => name, _ => new List<BenchSample>(), StringComparer.Ordinal);

        foreach (string name in Names.Concat(Names))
        {
            // Twice under load before it counts: tiered compilation settles.
            await TurnAsync(name, options.WarmUp);
        }

        foreach (string name in Rounds.Turns(Names, options.Rounds))
        {
            samples[name].Add(await TurnAsync(name, options.Window));
        }

        var results = Names.Select(name => BenchResult.Of("dashboard", name, load.Size, gro: false, samples[name], "otherThreadsNsPer")).ToArray();
        await BenchResult.WriteAsync(
            results,
            options.Json,
            ("CPU / bare link", result => BenchResult.Text(result.Median.CpuNsPer / results[0].Median.CpuNsPer, "0.000")),
            ("other threads / bare link", result => BenchResult.Text(result.Median.Others[0] / results[0].Median.CpuNsPer, "0.000")));

        async Task<BenchSample> TurnAsync(string name, TimeSpan window)
        {
            using var sender = generator.Start(ports[name], load);

            // Windows of real time: there is nothing to wait for but their end.
            await Task.Delay(TimeSpan.FromSeconds(0.5));
            if (name == Bare)
            {
                bare.Tell("begin");
                await Task.Delay(window);
                bare.Tell("end");
                var answer = await bare.AnswerAsync();
                return Measurement.Sample(answer, "received", (double)(answer["cpuNs"] - answer["receivingNs"]) / answer["received"]);
            }

            var dashboard = name == Alone ? alone : watched;
            await dashboard.BeginAsync();
            await Task.Delay(window);
            return await dashboard.EndAsync();
        }
    }
}
