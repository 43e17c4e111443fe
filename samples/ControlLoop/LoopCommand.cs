using System.CommandLine;
using ReactiveLink.Samples;

namespace ControlLoop;

/// <summary>From arguments to settings.</summary>
internal static class LoopCommand
{
    private const string Description = """
        Stabilises a simulated inverted pendulum over two UDP links, telemetry up and commands down, 200 times a second, through a network that does harm.
        Without --real it runs in virtual time: at once, and the same again for the same options.

        Examples:
          dotnet run --project samples/ControlLoop                              upright at 10 % loss
          dotnet run --project samples/ControlLoop -- --loss 0.5 --burst 40     it falls, and says why
          dotnet run --project samples/ControlLoop -- --latency 40              so does this one, for another reason
          dotnet run --project samples/ControlLoop -- --real --seconds 10

        Exit codes: 0 upright to the end, 1 fallen, 2 wrong arguments.
        """;

    public static RootCommand Create(Func<LoopSettings, CancellationToken, Task<int>> run)
    {
        var usual = new LoopSettings();
        var loss = SampleCommand.Number("--loss", "P", "The share of datagrams lost on each link, 0 to 1.", 0, 1, usual.LossUp);
        var lossUp = SampleCommand.Optional("--loss-up", "P", "The same for the telemetry alone. Default: as --loss.", 0.0, 1);
        var lossDown = SampleCommand.Optional("--loss-down", "P", "The same for the commands alone. Default: as --loss.", 0.0, 1);
        var burst = SampleCommand.Number("--burst", "N", "How many are lost in a row on average, 1 to 1000; 1 is each by itself.", 1, 1000, usual.Burst);
        var latency = SampleCommand.Number("--latency", "MS", "How long each is on its way at least, 0 to 10000.", 0, 10_000, usual.Latency.TotalMilliseconds);
        var jitter = SampleCommand.Number("--jitter", "MS", "The mean of what is added to it, 0 to 10000.", 0, 10_000, usual.Jitter.TotalMilliseconds);
        var seconds = SampleCommand.Number("--seconds", "S", "How long it runs, 0.1 to 600.", 0.1, 600, usual.Duration.TotalSeconds);
        var seed = SampleCommand.Number("--seed", "N", "Of the network and the gusts, a whole number from 0.", 0, int.MaxValue, (int)usual.Seed);
        var real = new Option<bool>("--real") { Description = "Sockets on 127.0.0.1 and the machine's own time.", Arity = ArgumentArity.Zero };
        var root = new RootCommand(Description) { loss, lossUp, lossDown, burst, latency, jitter, seconds, seed, real };
        root.SetAction((parsed, stop) => run(
            usual with
            {
                LossUp = parsed.GetValue(lossUp) ?? parsed.GetValue(loss),
                LossDown = parsed.GetValue(lossDown) ?? parsed.GetValue(loss),
                Burst = parsed.GetValue(burst),
                Latency = TimeSpan.FromMilliseconds(parsed.GetValue(latency)),
                Jitter = TimeSpan.FromMilliseconds(parsed.GetValue(jitter)),
                Duration = TimeSpan.FromSeconds(parsed.GetValue(seconds)),
                Seed = (ulong)parsed.GetValue(seed),
                Real = parsed.GetValue(real),
            },
            stop));
        return root;
    }
}
