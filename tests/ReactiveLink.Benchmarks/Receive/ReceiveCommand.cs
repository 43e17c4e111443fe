using System.CommandLine;
using System.Globalization;

namespace ReactiveLink.Benchmarks.Receive;

/// <summary>The command line of the receive benchmark.</summary>
internal static class ReceiveCommand
{
    private const int SmallestSize = Load.HeaderSize;
    private const int LargestSize = 65507;

    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "One JSON object a line on stdout; the table goes to stderr." };
        var quick = new Option<bool>("--quick") { Description = "2 rounds of 0.4 s after a warm-up of 1.2 s, where not said otherwise." };
        var rounds = Ranged("--rounds", 1, 1000, "Turns of every contestant (5).");
        var seconds = Ranged("--seconds", 0.05, 600.0, "Length of a round (2), in four turns; before the first, a warm-up of 5: until .NET has compiled all at its best.");
        var size = Ranged("--size", SmallestSize, LargestSize, "Bytes of a datagram, the frame's 8 included (64).");
        var paced = Ranged("--paced", 1, 10_000_000, "Datagrams a second, evenly spaced; flat out without it.");
        var envelope = new Option<bool>("--envelope") { Description = "Send JSON envelopes of 263 bytes in frames of 271 to all." };
        var only = new Option<string[]>("--only") { Description = "Run only this contestant; may be repeated." };
        only.AcceptOnlyFromAmong([.. ReceiveContestants.Names]);
        var noPin = new Option<bool>("--no-pin") { Description = "Do not keep a processor for the generator alone." };
        var portable = new Option<bool>("--portable") { Description = "Use no C program: the .NET generator, no C baselines." };
        var command = new Command("receive", "How fast, and for how much CPU and memory, datagrams are received.")
        {
            json, quick, rounds, seconds, size, paced, envelope, only, noPin, portable,
        };
        command.SetAction(async parsed =>
        {
            bool isQuick = parsed.GetValue(quick);
            var options = new ReceiveOptions(
                parsed.GetValue(rounds) ?? (isQuick ? BenchOptions.QuickRounds : 5),
                WarmUp(isQuick),
                TimeSpan.FromSeconds(parsed.GetValue(seconds) ?? (isQuick ? BenchOptions.QuickWindow : 2)),
                parsed.GetValue(size) ?? 64,
                parsed.GetValue(paced) ?? 0,
                parsed.GetValue(envelope),
                !parsed.GetValue(noPin),
                parsed.GetValue(portable),
                parsed.GetValue(only) ?? []);
            await RunAsync(options, parsed.GetValue(json));
            return 0;
        });
        return command;
    }

    /// <summary>The benchmark as it is without options of its own, among all others.</summary>
    public static Task RunAsync(BenchOptions options) => RunAsync(
        new ReceiveOptions(options.Rounds, WarmUp(options.Quick), options.Window, Size: 64, Rate: 0, Envelope: false, Pin: true, Portable: false, Only: []), options.Json);

    private static TimeSpan WarmUp(bool quick) => TimeSpan.FromSeconds(quick ? 1.2 : 5);

    private static async Task RunAsync(ReceiveOptions options, bool asJson)
    {
        var results = await new ReceiveBenchmark(options).RunAsync();
        if (asJson)
        {
            foreach (var result in results)
            {
                await Console.Out.WriteLineAsync(result.ToJson());
            }
        }

        await ReceiveTable.WriteAsync(asJson ? Console.Error : Console.Out, results, options.Rate > 0);
    }

    private static Option<T?> Ranged<T>(string name, T smallest, T largest, string description)
        where T : struct, IComparable<T>, ISpanParsable<T> =>
        new(name)
        {
            Description = description,
            CustomParser = result =>
            {
                if (T.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, out var value)
                    && value.CompareTo(smallest) >= 0 && value.CompareTo(largest) <= 0)
                {
                    return value;
                }

                result.AddError($"{name} must be a number between {smallest} and {largest}.");
                return null;
            },
        };
}
