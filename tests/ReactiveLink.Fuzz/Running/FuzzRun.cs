using System.Diagnostics;

namespace ReactiveLink.Fuzz;

/// <summary>Checks the inputs of a range of numbers on some threads, up to the first finding. An input depends on the seed and its number alone.</summary>
internal sealed class FuzzRun(Func<FuzzTarget> target, ulong seed)
{
    /// <summary>What is said of an input that does not end.</summary>
    public const string NotDone = "It is not done after a minute.";

    private const int Chunk = 256;

    // The first input of a process also pays for the compiler.
    private const int WarmUp = 64;
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(250);

    // In ticks and not in time: a process that is stopped for a while does not tick either.
    private const int Patience = 240;

    private readonly Lock _gate = new();
    private Finding? _finding;
    private long _next;

    /// <summary>Runs.</summary>
    /// <param name="first">The first number.</param>
    /// <param name="inputs">How many.</param>
    /// <param name="workers">How many threads.</param>
    /// <param name="progress">Told now and then how many are done; null for nobody.</param>
    public FuzzReport Run(long first, long inputs, int workers, Action<long>? progress = null)
    {
        var start = Stopwatch.GetTimestamp();
        (_next, _finding) = (first, null);
        var all = Enumerable.Range(0, workers).Select(_ => new FuzzWorker(target())).ToArray();
        var threads = all.Select(worker => new Thread(() => Work(worker, first + inputs)) { IsBackground = true }).ToArray();
        Array.ForEach(threads, thread => thread.Start());
        var (begun, still) = (new long[workers], new int[workers]);
        while (!Array.TrueForAll(threads, thread => thread.Join(Tick)))
        {
            for (var i = 0; i < workers; i++)
            {
                (still[i], begun[i]) = (begun[i] == all[i].Begun && threads[i].IsAlive ? still[i] + 1 : 0, all[i].Begun);
            }

            if (Array.FindIndex(still, ticks => ticks > Patience) is var stuck and >= 0)
            {
                // Its thread cannot be stopped; it ends with the process.
                Report(all[stuck].Now(NotDone));
                break;
            }

            progress?.Invoke(Math.Min(inputs, Interlocked.Read(ref _next) - first));
        }

        return new FuzzReport(
            _finding, all.Sum(worker => worker.Inputs), all.Sum(worker => worker.Accepted), all.Sum(worker => worker.Bytes), all.Max(worker => worker.Slowest), Stopwatch.GetElapsedTime(start));
    }

    private void Work(FuzzWorker worker, long end)
    {
        WarmUpOf(target());
        while (Volatile.Read(ref _finding) is null)
        {
            var from = Interlocked.Add(ref _next, Chunk) - Chunk;
            for (var index = from; index < Math.Min(from + Chunk, end); index++)
            {
                if (worker.Check(seed, index) is { } finding)
                {
                    Report(finding);
                    return;
                }
            }

            if (from + Chunk >= end)
            {
                return;
            }
        }
    }

    private static void WarmUpOf(FuzzTarget fresh)
    {
        var worker = new FuzzWorker(fresh);
        for (var i = 0; i < WarmUp; i++)
        {
            // What it finds, the run itself finds again.
            _ = worker.Check(seed: 0, i);
        }
    }

    private void Report(Finding finding)
    {
        lock (_gate)
        {
            if (_finding is null || finding.Index < _finding.Index)
            {
                Volatile.Write(ref _finding, finding);
            }
        }
    }
}
