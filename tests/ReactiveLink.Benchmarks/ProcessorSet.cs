using System.Runtime.InteropServices;

namespace ReactiveLink.Benchmarks;

/// <summary>
/// The processors a child process may use. The load generator has the last one to itself; whoever is measured has all the others.
/// Without that, the scheduler moves both about and the same contestant differs by a factor between rounds.
/// </summary>
internal sealed partial class ProcessorSet
{
    private readonly ulong[]? _mask;

    private ProcessorSet(ulong[]? mask) => _mask = mask;

    public static ProcessorSet Any { get; } = new(null);

    /// <summary>The set for the generator and the set for the measured process; both <see cref="Any"/> where there is no choice.</summary>
    public static (ProcessorSet Generator, ProcessorSet Measured) Split(bool pin)
    {
        if (!pin || !OperatingSystem.IsLinux())
        {
            return (Any, Any);
        }

        var all = new ulong[16];
        if (GetAffinity(0, (nuint)(all.Length * sizeof(ulong)), all) < 0 || all.Sum(word => (long)ulong.PopCount(word)) < 2)
        {
            return (Any, Any);
        }

        var generator = new ulong[all.Length];
        int last = Array.FindLastIndex(all, word => word != 0);
        generator[last] = 1UL << (63 - (int)ulong.LeadingZeroCount(all[last]));
        return (new ProcessorSet(generator), new ProcessorSet([.. all.Zip(generator, (a, g) => a & ~g)]));
    }

    /// <summary>Runs something on this thread with this set; a process started by it inherits the set.</summary>
    public T Run<T>(Func<T> start)
    {
        if (_mask is null)
        {
            return start();
        }

        var before = new ulong[_mask.Length];
        GetAffinity(0, (nuint)(before.Length * sizeof(ulong)), before);
        SetAffinity(0, (nuint)(_mask.Length * sizeof(ulong)), _mask);
        try
        {
            return start();
        }
        finally
        {
            SetAffinity(0, (nuint)(before.Length * sizeof(ulong)), before);
        }
    }

    [LibraryImport("libc", EntryPoint = "sched_getaffinity")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int GetAffinity(int thread, nuint bytes, ulong[] mask);

    [LibraryImport("libc", EntryPoint = "sched_setaffinity")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetAffinity(int thread, nuint bytes, ulong[] mask);
}
