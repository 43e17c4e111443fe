using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Reactive.Subjects;

namespace ReactiveLink.Benchmarks.Windows;

/// <summary>What a value costs in windows of 60 s at 1 kHz that overlap 1, 60 and 600 times.</summary>
internal static class WindowCommand
{
    private const int LengthSeconds = 60;
    private const int ValuesPerSecond = 1000;
    private const int ValuesPerWindow = LengthSeconds * ValuesPerSecond;
    private const int Rounds = 3;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);
    private static readonly int[] Overlaps = [1, 60, 600];

    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "One JSON object a line on stdout; the table goes to stderr." };
        var command = new Command("windows", "What a value costs in sliding windows, by overlap, against Rx's Buffer and Window.") { json };
        command.SetAction(async parsed =>
        {
            var results = Measure();
            bool asJson = parsed.GetValue(json);
            if (asJson)
            {
                foreach (var ((name, overlap, aggregate), cost) in results)
                {
                    await Console.Out.WriteLineAsync(string.Create(
                        CultureInfo.InvariantCulture,
                        $$"""{"name":"{{name}}","overlap":{{overlap}},"aggregate":"{{aggregate}}","nsPerElement":{{cost.Nanoseconds:0.0##}},"bytesPerElement":{{cost.Bytes:0.###}}}"""));
                }
            }

            await WriteTableAsync(asJson ? Console.Error : Console.Out, results);
            return 0;
        });
        return command;
    }

    private static Dictionary<(string Name, int Overlap, string Aggregate), Cost> Measure()
    {
        var contestants = (from aggregate in WindowContestants.Aggregates
                           from overlap in Overlaps
                           from name in WindowContestants.Names
                           select (name, overlap, aggregate)).ToList();
        var costs = contestants.ToDictionary(c => c, _ => new List<Cost>());

        // The compiler replaces what runs often in the background, for some hundred milliseconds. Rx at the highest overlap takes longer to fill its first windows.
        foreach (var (name, overlap, aggregate) in contestants.Where(c => c.name == WindowContestants.Ours || c.overlap < Overlaps[^1]))
        {
            for (long start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < WarmUp;)
            {
                Turn(name, overlap, aggregate);
            }
        }

        foreach (var contestant in Benchmarks.Rounds.Turns(contestants, Rounds))
        {
            costs[contestant].Add(Turn(contestant.name, contestant.overlap, contestant.aggregate));
        }

        return costs.ToDictionary(
            c => c.Key,
            c => new Cost(Benchmarks.Rounds.Median(c.Value.Select(t => t.Nanoseconds)), Benchmarks.Rounds.Median(c.Value.Select(t => t.Bytes))));
    }

    // The time is that of the stretch that the machine disturbed least, the bytes are those of all.
    private static Cost Turn(string name, int overlap, string aggregate)
    {
        var random = new Random(7);
        var values = new double[8192];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = Math.Exp(random.NextDouble() * 4);
        }

        var clock = new VirtualClock();
        var source = new Subject<double>();
        double checksum = 0;
        using var subscription = WindowContestants.Create(
            name, source, aggregate, TimeSpan.FromSeconds(LengthSeconds), TimeSpan.FromTicks(LengthSeconds * TimeSpan.TicksPerSecond / overlap), clock)
            .Subscribe(value => checksum += value);

        // The first windows are not full yet, and what is used again later is allocated in them.
        Run((name == WindowContestants.Ours ? 5 * ValuesPerWindow : ValuesPerWindow) + (ValuesPerWindow / 10));
        bool isCheap = name == WindowContestants.Ours || overlap == 1;
        var (stretches, length) = isCheap ? (10, ValuesPerWindow) : (3, ValuesPerWindow / 6);
        GC.Collect();
        long bytes = GC.GetAllocatedBytesForCurrentThread();
        double least = double.PositiveInfinity;
        for (int i = 0; i < stretches; i++)
        {
            long start = Stopwatch.GetTimestamp();
            Run(length);
            least = Math.Min(least, Stopwatch.GetElapsedTime(start).TotalNanoseconds / length);
        }

        bytes = GC.GetAllocatedBytesForCurrentThread() - bytes;
        return checksum == 0
            ? throw new BenchmarkException($"{name} told of no window.")
            : new Cost(least, (double)bytes / (stretches * length));

        void Run(int count)
        {
            for (int i = 0; i < count; i++)
            {
                clock.AdvanceBy(TimeSpan.TicksPerSecond / ValuesPerSecond);
                source.OnNext(values[i & (values.Length - 1)]);
            }
        }
    }

    private static async Task WriteTableAsync(TextWriter writer, Dictionary<(string Name, int Overlap, string Aggregate), Cost> results)
    {
        await writer.WriteLineAsync("ns (bytes) per element; growth: overlap 600 against 1; gain: the better of Rx against ReactiveLink");
        foreach (string aggregate in WindowContestants.Aggregates)
        {
            foreach (string name in WindowContestants.Names)
            {
                var cells = Overlaps.Select(o => results[(name, o, aggregate)]).ToList();
                await writer.WriteLineAsync(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{name,-28}{aggregate,-5}{string.Concat(cells.Select(c => $"{$"{c.Nanoseconds:0.0} ({c.Bytes:0.#})",20}"))}  growth {cells[^1].Nanoseconds / cells[0].Nanoseconds:0.00}"));
            }

            var gains = Overlaps.Select(o => Math.Min(
                results[(WindowContestants.Buffer, o, aggregate)].Nanoseconds,
                results[(WindowContestants.Window, o, aggregate)].Nanoseconds) / results[(WindowContestants.Ours, o, aggregate)].Nanoseconds);
            await writer.WriteLineAsync($"{"gain",-28}{aggregate,-5}{string.Concat(gains.Select(g => string.Create(CultureInfo.InvariantCulture, $"{g,19:0.0}x")))}");
        }
    }

    private readonly record struct Cost(double Nanoseconds, double Bytes);
}
