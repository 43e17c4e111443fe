using ReactiveLink.Samples;

namespace ControlLoop;

/// <summary>From arguments to settings.</summary>
internal static class LoopArguments
{
    public const string Help = """
        Stabilises a simulated inverted pendulum over two UDP links, telemetry up and commands down, 200 times a second, through a network that does harm.
        Without --real it runs in virtual time: at once, and the same again for the same options.

          --loss P       the share of datagrams lost on each link, 0 to 1 (default 0.1)
          --loss-up P    the same for the telemetry alone; --loss-down P for the commands alone
          --burst N      how many are lost in a row on average, 1 to 1000 (default 1: each by itself)
          --latency MS   how long each is on its way at least, 0 to 10000 (default 5)
          --jitter MS    the mean of what is added to it, 0 to 10000 (default 2)
          --seconds S    how long, 0.1 to 600 (default 20)
          --seed N       of the network and the gusts, a whole number from 0 (default 1)
          --real         sockets on 127.0.0.1 and the machine's own time
          --help         this

        Examples:
          dotnet run --project samples/ControlLoop                              upright at 10 % loss
          dotnet run --project samples/ControlLoop -- --loss 0.5 --burst 40     it falls, and says why
          dotnet run --project samples/ControlLoop -- --latency 40              so does this one, for another reason
          dotnet run --project samples/ControlLoop -- --real --seconds 10

        Exit codes: 0 upright to the end, 1 fallen, 2 wrong arguments.
        """;

    /// <summary>The settings, or null if help is wanted.</summary>
    /// <exception cref="CommandLineException">An argument is wrong.</exception>
    public static LoopSettings? Parse(IReadOnlyList<string> arguments)
    {
        var line = new CommandLine(arguments, ["--loss", "--loss-up", "--loss-down", "--burst", "--latency", "--jitter", "--seconds", "--seed"], "--real");
        if (line.WantsHelp)
        {
            return null;
        }

        var usual = new LoopSettings();
        var loss = line.Decimal("--loss", 0, 1, usual.LossUp);
        return usual with
        {
            LossUp = line.Decimal("--loss-up", 0, 1, loss),
            LossDown = line.Decimal("--loss-down", 0, 1, loss),
            Burst = line.Decimal("--burst", 1, 1000, usual.Burst),
            Latency = TimeSpan.FromMilliseconds(line.Decimal("--latency", 0, 10_000, usual.Latency.TotalMilliseconds)),
            Jitter = TimeSpan.FromMilliseconds(line.Decimal("--jitter", 0, 10_000, usual.Jitter.TotalMilliseconds)),
            Duration = TimeSpan.FromSeconds(line.Decimal("--seconds", 0.1, 600, usual.Duration.TotalSeconds)),
            Seed = (ulong)line.Number("--seed", 0, int.MaxValue, (int)usual.Seed),
            Real = line.Has("--real"),
        };
    }
}
