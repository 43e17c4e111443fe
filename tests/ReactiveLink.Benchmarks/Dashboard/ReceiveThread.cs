using System.Globalization;

namespace ReactiveLink.Benchmarks.Dashboard;

/// <summary>The CPU time of a process's thread that receives, as Linux tells it. What other threads take is then known apart from receiving, whose cost varies more.</summary>
internal static class ReceiveThread
{
    private const string NamePrefix = "ReactiveLink";

    /// <summary>Nanoseconds since the thread began; 0 where the system does not tell.</summary>
    public static long ReadCpuNs(string process)
    {
        string tasks = Path.Combine("/proc", process, "task");
        if (!Directory.Exists(tasks))
        {
            return 0;
        }

        long total = 0;
        foreach (string task in Directory.GetDirectories(tasks))
        {
            try
            {
                if (File.ReadAllText(Path.Combine(task, "comm")).StartsWith(NamePrefix, StringComparison.Ordinal))
                {
                    total += long.Parse(File.ReadAllText(Path.Combine(task, "schedstat")).Split(' ')[0], CultureInfo.InvariantCulture);
                }
            }
            catch (IOException)
            {
                // A thread that has just ended.
            }
        }

        return total;
    }
}
