using System.Collections.Immutable;

namespace ReactiveLink.Endurance.Tests.Leaks;

/// <summary>What this process holds of the system, from /proc/self: descriptors by what they point to, threads by their names.</summary>
internal sealed record ProcessCensus(ImmutableSortedDictionary<string, int> Descriptors, ImmutableSortedDictionary<string, int> Threads)
{
    public static ProcessCensus Take() => new(
        Count(Directory.EnumerateFileSystemEntries("/proc/self/fd"), path => File.ResolveLinkTarget(path, returnFinalTarget: false)!.Name.Split(':')[0]),
        Count(Directory.EnumerateDirectories("/proc/self/task"), path => File.ReadAllText(path + "/comm").TrimEnd()));

    /// <summary>
    /// Whether there is no more of anything than before, but for what the runtime itself takes now and then: the files of assemblies that are first used, and its
    /// own threads (of the pool, of the compiler), whose names tell them apart.
    /// </summary>
    public bool HoldsNoMoreThan(ProcessCensus before) =>
        Descriptors.All(d => d.Key.EndsWith(".dll", StringComparison.Ordinal) || d.Value <= before.Descriptors.GetValueOrDefault(d.Key))
        && Threads.All(t => t.Key.StartsWith(".NET ", StringComparison.Ordinal) || t.Value <= before.Threads.GetValueOrDefault(t.Key));

    /// <summary>What there is more or less of than before.</summary>
    public string Since(ProcessCensus before) =>
        $"descriptors {Growth(before.Descriptors, Descriptors)}; threads {Growth(before.Threads, Threads)}";

    private static string Growth(ImmutableSortedDictionary<string, int> before, ImmutableSortedDictionary<string, int> now)
    {
        var changes = now.Keys.Union(before.Keys, StringComparer.Ordinal)
            .Select(kind => (Kind: kind, Change: now.GetValueOrDefault(kind) - before.GetValueOrDefault(kind)))
            .Where(c => c.Change != 0)
            .Select(c => FormattableString.Invariant($"{c.Change:+0;-0} {c.Kind}"));
        return string.Join(", ", changes.DefaultIfEmpty("as before"));
    }

    private static ImmutableSortedDictionary<string, int> Count(IEnumerable<string> paths, Func<string, string> kindOf)
    {
        var counts = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var path in paths)
        {
            try
            {
                var kind = kindOf(path);
                counts[kind] = counts.GetValueOrDefault(kind) + 1;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NullReferenceException)
            {
                // Closed or ended since the directory was read.
            }
        }

        return counts.ToImmutableSortedDictionary(StringComparer.Ordinal);
    }
}
