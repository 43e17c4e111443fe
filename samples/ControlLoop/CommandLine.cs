using System.Globalization;

namespace ControlLoop;

/// <summary>The arguments: settings, or a wish for help, or one line that says what is wrong.</summary>
internal sealed record CommandLine(LoopSettings? Settings, string? Error)
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

    public static CommandLine Parse(IReadOnlyList<string> arguments)
    {
        var settings = new LoopSettings();
        for (var i = 0; i < arguments.Count; i++)
        {
            var name = arguments[i];
            switch (name)
            {
                case "--help" or "-h":
                    return new CommandLine(null, null);
                case "--real":
                    settings = settings with { Real = true };
                    continue;
                case "--loss" or "--loss-up" or "--loss-down" or "--burst" or "--latency" or "--jitter" or "--seconds" or "--seed":
                    break;
                default:
                    return Wrong($"'{name}' is not an option");
            }

            if (++i == arguments.Count)
            {
                return Wrong($"{name} needs a value");
            }

            if (Set(settings, name, arguments[i]) is not { } set)
            {
                return Wrong($"{name} '{arguments[i]}' is not {Range(name)}");
            }

            settings = set;
        }

        return new CommandLine(settings, null);
    }

    private static LoopSettings? Set(LoopSettings settings, string name, string text) => name switch
    {
        "--loss" => Number(text, 0, 1) is { } loss ? settings with { LossUp = loss, LossDown = loss } : null,
        "--loss-up" => Number(text, 0, 1) is { } loss ? settings with { LossUp = loss } : null,
        "--loss-down" => Number(text, 0, 1) is { } loss ? settings with { LossDown = loss } : null,
        "--burst" => Number(text, 1, 1000) is { } burst ? settings with { Burst = burst } : null,
        "--latency" => Number(text, 0, 10_000) is { } latency ? settings with { Latency = TimeSpan.FromMilliseconds(latency) } : null,
        "--jitter" => Number(text, 0, 10_000) is { } jitter ? settings with { Jitter = TimeSpan.FromMilliseconds(jitter) } : null,
        "--seconds" => Number(text, 0.1, 600) is { } seconds ? settings with { Duration = TimeSpan.FromSeconds(seconds) } : null,
        _ => ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seed) ? settings with { Seed = seed } : null,
    };

    private static string Range(string name) => name switch
    {
        "--loss" or "--loss-up" or "--loss-down" => "a share from 0 to 1",
        "--burst" => "a number from 1 to 1000",
        "--seconds" => "a number of seconds from 0.1 to 600",
        "--seed" => "a whole number from 0",
        _ => "a number of milliseconds from 0 to 10000",
    };

    private static double? Number(string text, double lowest, double highest) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value >= lowest && value <= highest ? value : null;

    private static CommandLine Wrong(string what) => new(null, $"ControlLoop: {what.ReplaceLineEndings(" ")}. See --help.");
}
