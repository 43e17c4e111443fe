using System.Diagnostics;

namespace ReactiveLink.Benchmarks;

/// <summary>Time, CPU of the whole process and managed allocation between two moments, in the words of <see cref="ChildProcess"/>.</summary>
internal readonly record struct Measurement(long Allocated, TimeSpan Cpu, long Time)
{
    public static Measurement Take() => new(GC.GetTotalAllocatedBytes(precise: true), Environment.CpuUsage.TotalTime, Stopwatch.GetTimestamp());

    public string Since(in Measurement begin) =>
        $"cpuNs={(long)(Cpu - begin.Cpu).TotalNanoseconds} elapsedNs={(long)Stopwatch.GetElapsedTime(begin.Time, Time).TotalNanoseconds} "
        + $"allocated={Allocated - begin.Allocated}";

    /// <summary>A sample of what a process printed.</summary>
    public static BenchSample Sample(IReadOnlyDictionary<string, long> answer, string countKey, params double[] others) => new(
        answer[countKey] * 1e9 / answer["elapsedNs"],
        (double)answer["cpuNs"] / answer[countKey],
        (double)answer.GetValueOrDefault("allocated") / answer[countKey],
        others);
}
