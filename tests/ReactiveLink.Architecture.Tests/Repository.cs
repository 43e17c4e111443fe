using System.Reflection;

namespace ReactiveLink.Architecture.Tests;

/// <summary>The sources that this test was built from.</summary>
internal static class Repository
{
    public static string Root { get; } = typeof(Repository).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "RepositoryRoot").Value!;

    public static IEnumerable<string> SourceFiles(string folder) => Directory
        .EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories)
        .Where(path => !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal)
            && !path.Contains(@"\obj\", StringComparison.Ordinal) && !path.Contains(@"\bin\", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal);
}
