using System.CommandLine;

namespace ReactiveLink.Benchmarks.Pipeline;

/// <summary>What each part of the receive path costs behind the socket, in one process, without system calls: CPU time of all threads, and wall time.</summary>
internal static class PipelineBenchmark
{
    private const int Probe = 20_000;

    public static Command CreateCommand() => BenchOptions.CreateCommand(
        "pipeline", "What each part of the receive path costs, behind the socket.", RunAsync);

    public static async Task RunAsync(BenchOptions options)
    {
        var stages = new PipelineStages();
        var counts = new Dictionary<PipelineStage, int>();
        foreach (var stage in stages.All)
        {
            // Warm up for the time asked for, then know how many make a window.
            var begin = Measurement.Take();
            int done = 0;
            while (new TimeSpan(TicksSince(begin)) < options.WarmUp)
            {
                stage.Run(Probe);
                done += Probe;
            }

            counts[stage] = Math.Max(Probe, (int)(done * (options.Window / new TimeSpan(TicksSince(begin)))));
        }

        var samples = stages.All.ToDictionary(stage => stage, _ => new List<BenchSample>());
        foreach (var stage in Rounds.Turns(stages.All, options.Rounds))
        {
            int count = counts[stage];
            var begin = Measurement.Take();
            stage.Run(count);
            var end = Measurement.Take();
            samples[stage].Add(new BenchSample(
                count / new TimeSpan(TicksSince(begin, end)).TotalSeconds, (end.Cpu - begin.Cpu).TotalNanoseconds / count, (double)(end.Allocated - begin.Allocated) / count));
        }

        double seal = Rounds.Median(samples[stages.All[0]].Select(sample => 1e9 / sample.PerSecond));
        BenchResult[] results =
        [
            .. stages.All.Select(stage => BenchResult.Of(
                "pipeline",
                stage.Name,
                stages.Size,
                gro: false,
                [.. samples[stage].Select(sample => PipelineStages.Seals(stage)
                    ? sample with { PerSecond = 1e9 / ((1e9 / sample.PerSecond) - seal), CpuNsPer = sample.CpuNsPer - seal, Others = [(1e9 / sample.PerSecond) - seal] }
                    : sample with { Others = [1e9 / sample.PerSecond] })],
                "nsPer")),
        ];
        GC.KeepAlive(stages.Sink);
        await BenchResult.WriteAsync(results, options.Json);
    }

    private static long TicksSince(in Measurement begin) => TicksSince(begin, Measurement.Take());

    private static long TicksSince(in Measurement begin, in Measurement end) => System.Diagnostics.Stopwatch.GetElapsedTime(begin.Time, end.Time).Ticks;
}
