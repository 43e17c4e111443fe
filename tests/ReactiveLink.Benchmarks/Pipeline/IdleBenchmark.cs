using System.CommandLine;

namespace ReactiveLink.Benchmarks.Pipeline;

/// <summary>The CPU that an open link takes while nothing comes: with a handler and a subscriber, after its code has settled.</summary>
internal static class IdleBenchmark
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(3);

    public static Command CreateCommand()
    {
        var json = new Option<bool>("--json") { Description = "One JSON object a line on stdout; the table goes to stderr." };
        var command = new Command("idle", "The CPU of an open link over 30 s in which nothing comes.") { json };
        command.SetAction(async parsed =>
        {
            await using var link = UdpLink.Open("127.0.0.1:0");
            using var subscription = link.Messages.Subscribe(_ => { });
            using var route = link.Handle(MessageType.Data, _ => { });
            // Windows of real time in which nothing is to happen.
            await Task.Delay(Settling);
            var begin = Measurement.Take();
            await Task.Delay(Window);
            var end = Measurement.Take();
            double cpu = (end.Cpu - begin.Cpu).TotalSeconds;
            var sample = new BenchSample(0, cpu * 1e9, end.Allocated - begin.Allocated, 100 * cpu / Window.TotalSeconds);
            await BenchResult.WriteAsync([BenchResult.Of("idle", "ReactiveLink link", 0, gro: false, [sample], "cpuPercent")], parsed.GetValue(json));
            return 0;
        });
        return command;
    }
}
