using Microsoft.Diagnostics.NETCore.Client;
using Microsoft.Diagnostics.Runtime;

namespace ReactiveLink.Stress;

/// <summary>Where every thread of this process is, in methods: read from a dump that the runtime writes of itself.</summary>
internal static class ManagedStacks
{
    private const int DeepestFrames = 40;

    public static void Print(TextWriter to)
    {
        var file = Path.Combine(Path.GetTempPath(), $"reactivelink-stress-{Environment.ProcessId}.dmp");
        try
        {
            new DiagnosticsClient(Environment.ProcessId).WriteDump(DumpType.WithHeap, file);
            using var target = DataTarget.LoadDump(file);
            using var runtime = target.ClrVersions[0].CreateRuntime();
            foreach (var thread in runtime.Threads)
            {
                to.WriteLine($"  thread {thread.OSThreadId}:");
                foreach (var frame in thread.EnumerateStackTrace().Where(frame => frame.Method is not null).Take(DeepestFrames))
                {
                    to.WriteLine($"    {frame.Method!.Signature}");
                }
            }
        }
        catch (Exception exception) when (exception is IOException or DiagnosticsClientException or ClrDiagnosticsException or TimeoutException)
        {
            // No dump may be written here (a container without ptrace, say): what was printed before must do.
            to.WriteLine($"  none: {exception.Message}");
        }
        finally
        {
            File.Delete(file);
        }
    }
}
