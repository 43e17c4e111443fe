using System.Diagnostics;
using System.Globalization;

namespace ReactiveLink.Benchmarks;

/// <summary>A process that a benchmark measures or is loaded by. It answers in lines of <c>key=number</c>, and ends with its input.</summary>
internal sealed class ChildProcess : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private readonly Process _process;
    private readonly string _name;

    private ChildProcess(Process process, string name)
    {
        _process = process;
        _name = name;
    }

    /// <summary>This program itself, whether it was started by its own executable or by <c>dotnet</c>.</summary>
    public static IReadOnlyList<string> Self { get; } =
        Path.GetFileNameWithoutExtension(Environment.ProcessPath!) == "dotnet"
            ? [Environment.ProcessPath!, typeof(ChildProcess).Assembly.Location]
            : [Environment.ProcessPath!];

    /// <summary>Starts a command on the given processors.</summary>
    public static ChildProcess Start(IReadOnlyList<string> command, ProcessorSet processors)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };

        // On one processor .NET waits ten times longer before it compiles hot code anew: the window would measure code that no long-running program runs.
        start.Environment["DOTNET_TC_DelaySingleProcMultiplier"] = "1";
        return new ChildProcess(processors.Run(() => Process.Start(start)!), string.Join(' ', command));
    }

    public void Tell(string line)
    {
        try
        {
            _process.StandardInput.WriteLine(line);
            _process.StandardInput.Flush();
        }
        catch (IOException)
        {
            throw new BenchmarkException($"It ended too early: {_name}");
        }
    }

    public void CloseInput() => _process.StandardInput.Close();

    public async Task<IReadOnlyDictionary<string, long>> AnswerAsync()
    {
        string? line;
        try
        {
            line = await _process.StandardOutput.ReadLineAsync().WaitAsync(Deadline);
        }
        catch (TimeoutException)
        {
            throw new BenchmarkException($"No answer in {Deadline.TotalSeconds:0} s from: {_name}");
        }

        return (line ?? throw new BenchmarkException($"It ended without an answer: {_name}"))
            .Split(' ')
            .Select(pair => pair.Split('='))
            .ToDictionary(pair => pair[0], pair => long.Parse(pair[1], CultureInfo.InvariantCulture), StringComparer.Ordinal);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.WaitForExit();
        _process.Dispose();
    }
}
