using System.Reflection;

namespace ReactiveLink.Architecture.Tests;

/// <summary>
/// The public surface of each package is a reviewed file in Approved/. A deliberate change: run the tests with the environment variable
/// REACTIVELINK_APPROVE_API=1 and commit the file's difference.
/// </summary>
public sealed class PublicApiTests
{
    public static TheoryData<string> Packages => ["ReactiveLink", "ReactiveLink.Hosting", "ReactiveLink.Metrics", "ReactiveLink.Testing"];

    [Theory]
    [MemberData(nameof(Packages))]
    public void Public_surface_is_the_approved_one(string package)
    {
        var path = Path.Combine(Repository.Root, "tests", "ReactiveLink.Architecture.Tests", "Approved", package + ".txt");
        var actual = PublicApi.Describe(Assembly.Load(package));
        if (Environment.GetEnvironmentVariable("REACTIVELINK_APPROVE_API") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, actual);
        }

        Assert.Equal(File.Exists(path) ? File.ReadAllText(path).ReplaceLineEndings("\n") : "", actual);
    }
}
