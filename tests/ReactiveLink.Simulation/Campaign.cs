using System.Diagnostics;
using System.Globalization;
using ReactiveLink.Simulation.Scenarios;

namespace ReactiveLink.Simulation;

/// <summary>Runs seeds until one fails, time is over, or all are done; says how to see a failure again, and what happened in all.</summary>
/// <param name="options">Which seeds.</param>
/// <param name="output">Where it says so.</param>
/// <param name="run">Runs a seed with parts, or null for the simulation.</param>
internal sealed class Campaign(CampaignOptions options, TextWriter output, Func<ulong, Parts, RunResult>? run = null)
{
    /// <summary>Each so-manieth seed runs twice: it must do the same again.</summary>
    private const ulong TwiceEvery = 16;

    private readonly Func<ulong, Parts, RunResult> _run = run ?? (static (seed, parts) => World.Run(ScenarioMaker.Make(seed, parts)));
    private readonly Lock _gate = new();
    private readonly RunCounts _totals = new();
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private long _runs;
    private long _repeated;
    private (ulong Seed, RunResult Result)? _failure;

    /// <summary>Runs.</summary>
    /// <param name="cancel">Ends it early, with the totals so far.</param>
    /// <returns>Whether nothing failed.</returns>
    public bool Run(CancellationToken cancel = default)
    {
        Parallel.For(0L, options.Seeds, new ParallelOptions { MaxDegreeOfParallelism = options.Threads }, (index, state) =>
        {
            if (_watch.Elapsed > options.Time || cancel.IsCancellationRequested)
            {
                state.Stop();
                return;
            }

            if (!state.IsStopped && !RunSeed(unchecked(options.First + (ulong)index)))
            {
                state.Stop();
            }
        });
        if (_failure is { } failure)
        {
            Tell(failure.Seed, failure.Result);
        }

        TellTotals();
        return _failure is null;
    }

    private bool RunSeed(ulong seed)
    {
        var result = _run(seed, options.Parts);
        var isRepeated = seed % TwiceEvery == 0 || options.Seeds == 1;
        if (isRepeated && result.Violations.Count == 0)
        {
            var again = _run(seed, options.Parts);
            if (again.Digest != result.Digest)
            {
                result = result with { Violations = [new Violation("the same seed does the same", "the run", $"its digest is {again.Digest:x16}, was {result.Digest:x16}", default)] };
            }
        }

        lock (_gate)
        {
            _runs++;
            _repeated += isRepeated ? 1 : 0;
            _totals.Add(result.Counts);
            if (result.Violations.Count > 0 && (_failure is null || seed < _failure.Value.Seed))
            {
                _failure = (seed, result);
            }
        }

        return result.Violations.Count == 0;
    }

    private void Tell(ulong seed, RunResult result)
    {
        output.WriteLine($"FAILED: seed {seed}");
        TellViolations(result);
        var smallest = new Shrinker(_run).Shrink(seed, options.Parts);
        var missing = CampaignOptions.SingleParts().Where(part => !smallest.HasFlag(part)).Select(part => part.ToString().ToLowerInvariant());
        var without = smallest == Parts.All ? "" : " --without " + string.Join(',', missing);
        output.WriteLine("To see it again, in its smallest form:");
        output.WriteLine($"  dotnet run -c Release --project tests/ReactiveLink.Simulation -- --seeds 1 --first {seed}{without}");
        if (smallest != options.Parts)
        {
            output.WriteLine($"What is left of it: {smallest}. There:");
            TellViolations(_run(seed, smallest));
        }

        output.WriteLine();
    }

    private void TellViolations(RunResult result)
    {
        foreach (var violation in result.Violations.Take(5))
        {
            output.WriteLine("  " + violation);
        }

        if (result.Violations.Count > 5)
        {
            output.WriteLine($"  and {result.Violations.Count - 5} more, or many more");
        }
    }

    private void TellTotals()
    {
        var seconds = _watch.Elapsed.TotalSeconds;
        Line("seeds", $"{_runs:N0}, {_repeated:N0} of them twice");
        Line("seconds", $"{seconds:N1}, {seconds * 1000 / Math.Max(1, _runs):N2} ms a seed");
        Line("frames judged", $"{_totals.Datagrams:N0}");
        Line("sequence wraps", $"{_totals.FrameWraps + _totals.MessageWraps:N0} ({_totals.FrameWraps:N0} of frames, {_totals.MessageWraps:N0} of messages' own numbers)");
        Line("network", Named(_totals.Network()));
        Line("faults", Named(_totals.Faults()));
        Line("verdicts", Named(_totals.Verdicts()));
        Line("resequenced", $"{_totals.Resequenced:N0}");
        Line("windows", $"{_totals.Windows:N0}, {_totals.Revisions:N0} of them told again; {_totals.TooLate:N0} values too late");
        Line("alert transitions", $"{_totals.Transitions:N0}");
        Line("handler runs", $"{_totals.Handled:N0}");
        Line("damage that a CRC did not show", $"{_totals.Undetected:N0}");
    }

    private void Line(string name, FormattableString value) => output.WriteLine(name + ": " + value.ToString(CultureInfo.InvariantCulture));

    private void Line(string name, string value) => output.WriteLine(name + ": " + value);

    private static string Named(IEnumerable<(string Name, long Count)> counts) =>
        string.Join(", ", counts.Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Name} {pair.Count:N0}")));
}
