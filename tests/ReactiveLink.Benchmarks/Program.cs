using System.CommandLine;
using ReactiveLink.Benchmarks;
using ReactiveLink.Benchmarks.Dashboard;
using ReactiveLink.Benchmarks.Latency;
using ReactiveLink.Benchmarks.Peers;
using ReactiveLink.Benchmarks.Pipeline;
using ReactiveLink.Benchmarks.Receive;
using ReactiveLink.Benchmarks.Record;
using ReactiveLink.Benchmarks.Send;
using ReactiveLink.Benchmarks.Windows;

// Each benchmark is one command. The hidden commands are the processes that a benchmark starts of itself.
var root = new RootCommand("ReactiveLink's benchmarks: contestants alternate in one run on loopback.")
{
    AllBenchmarks.CreateCommand(),
    ReceiveCommand.Create(),
    WindowCommand.Create(),
    RecordCommand.Create(),
    SendBenchmark.CreateCommand(),
    LatencyBenchmark.CreateCommand(),
    PeersBenchmark.CreateCommand(),
    PipelineBenchmark.CreateCommand(),
    IdleBenchmark.CreateCommand(),
    DashboardBenchmark.CreateCommand(),
    LinkHost.CreateCommand(),
    SenderHost.CreateCommand(),
    EchoHosts.CreateServer(),
    EchoHosts.CreateClient(),
    PeersReceiver.CreateCommand(),
    ReceiverHost.CreateCommand(),
    PortableGenerator.CreateCommand(),
};

var parsed = root.Parse(args);
if (parsed.Errors.Count > 0)
{
    await Console.Error.WriteLineAsync(parsed.Errors[0].Message.ReplaceLineEndings(" ").Replace('\t', ' ') + " See --help.");
    return 2;
}

try
{
    return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (BenchmarkException e)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 1;
}
