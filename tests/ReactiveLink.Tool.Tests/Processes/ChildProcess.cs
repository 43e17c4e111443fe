using System.Diagnostics;
using System.Runtime.InteropServices;

namespace ReactiveLink.Tool.Tests.Processes;

/// <summary>A process of a test's: its output line by line, its end by a deadline, and no trace of it afterwards.</summary>
internal sealed partial class ChildProcess : IAsyncDisposable
{
    private const int SigInt = 2;
    private const int SigTerm = 15;

    private readonly Process _process;
    private readonly Task<string> _error;
    private readonly string _name;

    private ChildProcess(Process process, string name)
    {
        _process = process;
        _name = name;
        _error = process.StandardError.ReadToEndAsync();
    }

    /// <summary>The standard output as it comes.</summary>
    public Stream Output => _process.StandardOutput.BaseStream;

    public StreamWriter Input => _process.StandardInput;

    public static ChildProcess Start(string file, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };

        // The test host's settings are not the tool's.
        foreach (var name in start.Environment.Keys.Where(key => key.StartsWith("DOTNET_", StringComparison.Ordinal) || key.StartsWith("CORECLR_", StringComparison.Ordinal)).ToList())
        {
            if (name is not "DOTNET_ROOT")
            {
                start.Environment.Remove(name);
            }
        }

        var process = Process.Start(start) ?? throw new InvalidOperationException($"{file} does not start.");
        return new ChildProcess(process, string.Join(' ', arguments));
    }

    /// <summary>The next line of standard output; null at its end.</summary>
    public Task<string?> ReadLineAsync() => Deadline.Within(_process.StandardOutput.ReadLineAsync(), $"a line from {_name}");

    public Task<string> ReadToEndAsync() => Deadline.Within(_process.StandardOutput.ReadToEndAsync(), $"the end of the output of {_name}");

    /// <summary>Waits for the end.</summary>
    /// <returns>The exit code and all of standard error.</returns>
    public async Task<(int ExitCode, string Error)> WaitAsync()
    {
        await Deadline.Within(_process.WaitForExitAsync(), $"the end of {_name}");
        return (_process.ExitCode, await Deadline.Within(_error, $"the error output of {_name}"));
    }

    public void Interrupt() => Signal(SigInt);

    public void Terminate() => Signal(SigTerm);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private void Signal(int signal)
    {
        if (Kill(_process.Id, signal) != 0)
        {
            throw new InvalidOperationException($"kill({_process.Id}, {signal}): error {Marshal.GetLastPInvokeError()}");
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Kill(int process, int signal);
}
