using System.CommandLine;
using System.Diagnostics;

namespace ReactiveLink.Benchmarks.Receive;

/// <summary>
/// The process in which one .NET contestant is measured. It says <c>port=N</c> once bound; <c>begin</c> on its input opens a window
/// of measurement, <c>end</c> closes it and prints it; the process ends with its input. The C baselines speak the same.
/// </summary>
internal static class ReceiverHost
{
    private const string CommandName = "receiver";

    public static IReadOnlyList<string> CommandFor(IReceiveContestant contestant) =>
        [.. ChildProcess.Self, CommandName, contestant.Name, contestant.Gro ? "true" : "false"];

    public static Command CreateCommand()
    {
        var name = new Argument<string>("name");
        var gro = new Argument<bool>("gro");
        var command = new Command(CommandName) { name, gro };
        command.Hidden = true;
        command.SetAction(parsed => Run(ReceiveContestants.All.First(
            contestant => contestant.Name == parsed.GetValue(name) && contestant.Gro == parsed.GetValue(gro))));
        return command;
    }

    private static void Run(IReceiveContestant contestant)
    {
        Console.WriteLine($"port={contestant.Start(ReceiveBenchmark.ReceiveBufferBytes)}");
        Reading begin = default;
        while (Console.ReadLine() is { } line)
        {
            var now = Reading.Take(contestant);
            if (line == "end")
            {
                Console.WriteLine($"received={now.Received - begin.Received} cpuNs={(long)(now.Cpu - begin.Cpu).TotalNanoseconds} "
                    + $"elapsedNs={(long)Stopwatch.GetElapsedTime(begin.Time, now.Time).TotalNanoseconds} allocated={now.Allocated - begin.Allocated}");
            }

            begin = now;
        }

        Environment.Exit(0); // the contestant goes on receiving until then
    }

    private readonly record struct Reading(long Allocated, long Received, TimeSpan Cpu, long Time)
    {
        public static Reading Take(IReceiveContestant contestant) => new(
            GC.GetTotalAllocatedBytes(precise: true),
            contestant.Received,
            Environment.CpuUsage.TotalTime,
            Stopwatch.GetTimestamp());
    }
}
