using System.CommandLine;
using ReactiveLink.Benchmarks.Latency;
using ReactiveLink.Benchmarks.Peers;
using ReactiveLink.Benchmarks.Pipeline;
using ReactiveLink.Benchmarks.Receive;
using ReactiveLink.Benchmarks.Send;

namespace ReactiveLink.Benchmarks;

/// <summary>The benchmarks of the way that datagrams go, one after the other in one run.</summary>
internal static class AllBenchmarks
{
    public static Command CreateCommand() => BenchOptions.CreateCommand(
        "all", "receive, send, latency, peers and pipeline, one after the other; with --quick all within two minutes.", RunAsync);

    private static async Task RunAsync(BenchOptions options)
    {
        Func<BenchOptions, Task>[] benchmarks =
            [ReceiveCommand.RunAsync, SendBenchmark.RunAsync, LatencyBenchmark.RunAsync, PeersBenchmark.RunAsync, PipelineBenchmark.RunAsync];
        foreach (var benchmark in benchmarks)
        {
            await benchmark(options);
        }
    }
}
