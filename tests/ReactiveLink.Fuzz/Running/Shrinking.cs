using System.Diagnostics;

namespace ReactiveLink.Fuzz;

/// <summary>A shorter input with a finding, for a named test: pieces are left out while something is still found.</summary>
internal static class Shrinking
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static Finding Shrink(FuzzTarget target, Finding finding)
    {
        var worker = new FuzzWorker(target);
        var start = Stopwatch.GetTimestamp();
        for (var size = finding.Input.Length / 2; size > 0; size /= 2)
        {
            for (var at = 0; at + size <= finding.Input.Length && Stopwatch.GetElapsedTime(start) < Patience;)
            {
                byte[] shorter = [.. finding.Input.AsSpan(0, at), .. finding.Input.AsSpan(at + size)];
                if (worker.Check(shorter, finding.Index) is { } still)
                {
                    finding = still;
                }
                else
                {
                    at += size;
                }
            }
        }

        return finding;
    }
}
