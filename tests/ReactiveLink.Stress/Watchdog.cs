using System.Globalization;

namespace ReactiveLink.Stress;

/// <summary>
/// Fails the run when a worker is at one step for more than a second. Time is counted in turns of the watchdog's own: a process that gets no processor is not stalled, and
/// then the watchdog gets none either.
/// </summary>
internal sealed class Watchdog : IDisposable
{
    private const int TurnMilliseconds = 50;
    private const int AllowedTurns = 1000 / TurnMilliseconds;

    private readonly List<Worker> _workers = [];
    private readonly Dictionary<Worker, (long Steps, int Turns)> _seen = [];
    private readonly ManualResetEventSlim _end = new();
    private readonly Thread _thread;

    public Watchdog()
    {
        _thread = new Thread(Watch) { IsBackground = true, Name = "watchdog", Priority = ThreadPriority.AboveNormal };
        _thread.Start();
    }

    /// <summary>The longest that any step took, in turns.</summary>
    public int LongestTurns { get; private set; }

    public TimeSpan Longest => TimeSpan.FromMilliseconds(LongestTurns * TurnMilliseconds);

    public void Add(Worker worker)
    {
        lock (_workers)
        {
            _workers.Add(worker);
        }
    }

    public void Dispose()
    {
        _end.Set();
        _thread.Join();
        _end.Dispose();
    }

    private void Watch()
    {
        while (!_end.Wait(TurnMilliseconds))
        {
            Worker[] workers;
            lock (_workers)
            {
                _workers.RemoveAll(worker => worker.HasEnded);
                workers = [.. _workers];
            }

            foreach (var worker in workers)
            {
                var steps = worker.Steps;
                var (before, turns) = _seen.GetValueOrDefault(worker);
                turns = steps == before && steps > 0 ? turns + 1 : 0;
                _seen[worker] = (steps, turns);
                LongestTurns = Math.Max(LongestTurns, turns);
                if (turns > AllowedTurns)
                {
                    Report(worker, workers);
                    Environment.Exit(1);
                }
            }
        }
    }

    private static void Report(Worker stalled, Worker[] workers)
    {
        Console.WriteLine($"STALLED for over a second: {stalled.Name}");
        foreach (var worker in workers)
        {
            Console.WriteLine($"  {worker.Name} (thread {worker.SystemId}): {string.Join(" > ", worker.Trail)}");
        }

        Console.WriteLine("Every managed thread's stack:");
        ManagedStacks.PrintOwn();
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        Console.WriteLine("Every thread of the process, with what it waits for in the kernel:");
        foreach (var task in Directory.EnumerateDirectories("/proc/self/task").Order(StringComparer.Ordinal))
        {
            Console.WriteLine($"  {Path.GetFileName(task)} {Read(task, "comm")} {State(Read(task, "stat"))} {Read(task, "wchan")} {Read(task, "stack").ReplaceLineEndings(" ")}");
        }
    }

    private static string State(string stat) => stat.LastIndexOf(')') is var end and > 0 ? stat.Substring(end + 2, 1).ToUpper(CultureInfo.InvariantCulture) : "?";

    private static string Read(string task, string file)
    {
        try
        {
            return File.ReadAllText(Path.Combine(task, file)).Trim();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The thread has ended, or its stack is root's to read.
            return "";
        }
    }
}
