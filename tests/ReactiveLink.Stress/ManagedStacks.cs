using System.Diagnostics;
using System.Globalization;
using Microsoft.Diagnostics.NETCore.Client;
using Microsoft.Diagnostics.Runtime;

namespace ReactiveLink.Stress;

/// <summary>
/// Where every thread of a process is, in methods: read from a dump that its runtime writes of itself. By another process, which may be given up: the one that has stalled is
/// in a state that nobody knows.
/// </summary>
internal static class ManagedStacks
{
    /// <summary>The option that makes this program print the stacks of another.</summary>
    public const string Option = "--stacks-of";

    private const int DeepestFrames = 40;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Has another process print those of this one.</summary>
    public static void PrintOwn()
    {
        using var reader = Process.Start(new ProcessStartInfo(
            "dotnet", [typeof(ManagedStacks).Assembly.Location, Option, Environment.ProcessId.ToString(CultureInfo.InvariantCulture)]))!;
        if (!reader.WaitForExit(Patience))
        {
            reader.Kill(entireProcessTree: true);
            Console.WriteLine($"  none within {Patience.TotalSeconds:0} s");
        }
    }

    /// <summary>Prints those of a process.</summary>
    public static void Print(int process)
    {
        var file = Path.Combine(Path.GetTempPath(), $"reactivelink-stress-{process}.dmp");
        try
        {
            new DiagnosticsClient(process).WriteDump(DumpType.WithHeap, file);
            using var target = DataTarget.LoadDump(file);
            using var runtime = target.ClrVersions[0].CreateRuntime();
            foreach (var thread in runtime.Threads)
            {
                Console.WriteLine($"  thread {thread.OSThreadId}:");
                foreach (var frame in thread.EnumerateStackTrace().Where(frame => frame.Method is not null).Take(DeepestFrames))
                {
                    Console.WriteLine($"    {frame.Method!.Signature}");
                }
            }
        }
        catch (Exception exception) when (exception is IOException or DiagnosticsClientException or ClrDiagnosticsException or TimeoutException)
        {
            // No dump may be written here (a container without ptrace, say): what was printed before must do.
            Console.WriteLine($"  none: {exception.Message}");
        }
        finally
        {
            File.Delete(file);
        }
    }
}
