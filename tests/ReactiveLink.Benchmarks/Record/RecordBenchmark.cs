using System.Diagnostics;
using System.Diagnostics.Metrics;
using ReactiveLink.Metrics;

namespace ReactiveLink.Benchmarks.Record;

/// <summary>
/// Pre-bound metrics recorded into in a loop, in alternating rounds. The listener of the baseline adds each measurement to a field, which is exact on one thread alone.
/// That of another one adds atomically: exact on any number of threads, as ours are. And the baseline once more in a process that knows no other listener, where the
/// compiler inlines it into the loop: what a program with more than one instrument does not see.
/// </summary>
internal static class RecordBenchmark
{
    /// <summary>The one whose cost is the unit.</summary>
    public const string Baseline = "System.Diagnostics.Metrics counter";

    /// <summary>The same with a listener that is exact on several threads.</summary>
    public const string AtomicBaseline = "System.Diagnostics.Metrics counter, Interlocked";

    /// <summary>The baseline with no other listener in its process.</summary>
    public const string LoneBaseline = "System.Diagnostics.Metrics counter, alone in its process";

    // Short turns, many of them: a turn that the machine gives to somebody else in between is an outlier that the median leaves out.
    private const int Count = 200_000;
    private const int RoundCount = 501;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(4);

    // What a process tells of a cost: whole numbers.
    private const double Scale = 1000;
    private const string Nanoseconds = "picoseconds";
    private const string Bytes = "millibytes";

    private static long _heard;
    private static long _heardAtomically;

    public static IReadOnlyList<RecordResult> Run()
    {
        using var registry = new MetricRegistry();
        var counter = registry.GetOrAddCounter("counter");
        var histogram = registry.GetOrAddHistogram("histogram");
        using var meter = new Meter("ReactiveLink.Benchmarks");
        var baseline = meter.CreateCounter<long>("baseline");
        var atomic = meter.CreateCounter<long>("atomic");
        using var listener = Listen(baseline, static (_, measurement, _, _) => _heard += measurement);
        using var atomicListener = Listen(atomic, static (_, measurement, _, _) => Interlocked.Add(ref _heardAtomically, measurement));

        // Values that fall into every bucket, in no order that a branch predictor could learn.
        var values = new double[1024];
        var random = new Random(1);
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = Math.Pow(10, (random.NextDouble() * 4) - 3);
        }

        return Measure(
        [
            new("ReactiveLink counter", () => Counter(counter)),
            new("ReactiveLink histogram", () => Histogram(histogram, values)),
            new(Baseline, () => Add(baseline)),
            new(AtomicBaseline, () => AddAtomically(atomic)),
        ]);
    }

    /// <summary>The baseline in a process of its own, started with this command.</summary>
    public static async Task<RecordResult> RunAloneAsync(string command)
    {
        using var child = ChildProcess.Start([.. ChildProcess.Self, .. command.Split(' ')], ProcessorSet.Any);
        var told = await child.AnswerAsync();
        return new RecordResult(LoneBaseline, told[Nanoseconds] / Scale, told[Bytes] / Scale);
    }

    /// <summary>What that process measures and tells.</summary>
    public static string TellAlone()
    {
        using var meter = new Meter("ReactiveLink.Benchmarks");
        var baseline = meter.CreateCounter<long>("baseline");
        using var listener = Listen(baseline, static (_, measurement, _, _) => _heard += measurement);
        var result = Measure([new(LoneBaseline, () => Add(baseline))])[0];
        return FormattableString.Invariant($"{Nanoseconds}={result.NsPerRecord * Scale:F0} {Bytes}={result.BytesPerRecord * Scale:F0}");
    }

    private static MeterListener Listen(Instrument instrument, MeasurementCallback<long> callback)
    {
        var listener = new MeterListener();
        listener.SetMeasurementEventCallback(callback);
        listener.EnableMeasurementEvents(instrument);
        return listener;
    }

    private static IReadOnlyList<RecordResult> Measure(Contestant[] contestants)
    {
        // By time: on a busy machine it takes a while until all is compiled at its best.
        long warm = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(warm) < WarmUp)
        {
            foreach (var contestant in contestants)
            {
                contestant.Turn();
            }
        }

        var samples = contestants.ToDictionary(contestant => contestant, _ => new List<(double Nanoseconds, double Bytes)>());
        foreach (var contestant in Rounds.Turns(contestants, RoundCount))
        {
            long bytes = GC.GetAllocatedBytesForCurrentThread();
            long start = Stopwatch.GetTimestamp();
            contestant.Turn();
            var elapsed = Stopwatch.GetElapsedTime(start);
            bytes = GC.GetAllocatedBytesForCurrentThread() - bytes;
            samples[contestant].Add((elapsed.TotalNanoseconds / Count, (double)bytes / Count));
        }

        return
        [
            .. contestants.Select(contestant => new RecordResult(
                contestant.Name,
                Rounds.Median(samples[contestant].Select(sample => sample.Nanoseconds)),
                Rounds.Median(samples[contestant].Select(sample => sample.Bytes)))),
        ];
    }

    private static void Counter(Counter counter)
    {
        for (int i = 0; i < Count; i++)
        {
            counter.Add(1);
        }
    }

    private static void Histogram(Histogram histogram, double[] values)
    {
        for (int i = 0; i < Count; i++)
        {
            histogram.Record(values[i & (values.Length - 1)]);
        }
    }

    private static void Add(Counter<long> counter)
    {
        for (int i = 0; i < Count; i++)
        {
            counter.Add(1);
        }
    }

    // A loop of its own: compiled code that knew two listeners would be slower for both.
    private static void AddAtomically(Counter<long> counter)
    {
        for (int i = 0; i < Count; i++)
        {
            counter.Add(1);
        }
    }

    private sealed record Contestant(string Name, Action Turn);
}
