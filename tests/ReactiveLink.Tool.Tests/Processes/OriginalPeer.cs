using System.Diagnostics;

namespace ReactiveLink.Tool.Tests.Processes;

/// <summary>The peer in Python that knows nothing of our code.</summary>
internal static class OriginalPeer
{
    private static readonly string Script = Path.Combine(AppContext.BaseDirectory, "original_peer.py");

    private static readonly Lazy<string?> Interpreter = new(Find);

    /// <summary>Why its tests cannot run here; null if they can.</summary>
    public static string? Missing => Interpreter.Value is null ? "There is no python3 on this machine: install it to run the tests against the original peer." : null;

    public static ChildProcess Start(params IEnumerable<string> arguments) => StartScript(Script, arguments);

    public static ChildProcess StartScript(string script, params IEnumerable<string> arguments) => ChildProcess.Start(Interpreter.Value!, [script, .. arguments]);

    private static string? Find()
    {
        foreach (var name in new[] { "python3", "python" })
        {
            try
            {
                using var process = Process.Start(new ProcessStartInfo(name, ["-c", "import sys; sys.exit(0 if sys.version_info >= (3, 6) else 1)"])
                {
                    RedirectStandardError = true,
                    UseShellExecute = false,
                });
                if (process is not null && process.WaitForExit(Deadline.Time) && process.ExitCode == 0)
                {
                    return name;
                }
            }
            catch (System.ComponentModel.Win32Exception)
            {
                // Not there.
            }
        }

        return null;
    }
}
