using ReactiveLink.Mutations;

namespace ReactiveLink.Architecture.Tests;

/// <summary>The faults of ReactiveLink.Mutations name text of the source, which changes: here it is told at once, and not by a run of half an hour.</summary>
public sealed class MutationTests
{
    private static readonly MutationList List = MutationList.Read(Path.Combine(Repository.Root, "tests", "ReactiveLink.Mutations", "mutations.json"));

    [Fact]
    public void Every_fault_names_text_that_is_in_its_file_once() => Assert.Equal("", Misfits(List.Mutations));

    [Fact]
    public void A_fault_whose_text_is_gone_or_there_twice_is_told_with_its_name_and_file()
    {
        const string File = "tests/ReactiveLink.Mutations/Mutation.cs";
        Mutation[] faults =
        [
            new("gone", "any", File, "no such " + "text", ""),
            new("there once", "any", File, "namespace ReactiveLink.Mutations;", ""),
            new("there twice", "any", File, "source.IndexOf(Old", ""),
            new("no file", "any", "tests/Nowhere.cs", "x", ""),
        ];

        Assert.Equal(
            """
            gone: the text to replace does not occur exactly once in tests/ReactiveLink.Mutations/Mutation.cs:
            no such text
            there twice: the text to replace does not occur exactly once in tests/ReactiveLink.Mutations/Mutation.cs:
            source.IndexOf(Old
            no file: the text to replace does not occur exactly once in tests/Nowhere.cs:
            x
            """,
            Misfits(faults),
            ignoreLineEndingDifferences: true);
    }

    [Fact]
    public void Every_fault_changes_something_has_a_name_of_its_own_and_a_suite_whose_project_there_is()
    {
        Assert.All(List.Mutations, fault => Assert.NotEqual(fault.Old, fault.New));
        Assert.Empty(List.Mutations.GroupBy(fault => fault.Name, StringComparer.OrdinalIgnoreCase).Where(same => same.Count() > 1).Select(same => same.Key));
        Assert.Equal(List.Mutations.Select(fault => fault.Suite).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal), List.Suites.Keys.Order(StringComparer.Ordinal));
        Assert.All(List.Suites.Values, suite => Assert.NotEmpty(Directory.GetFiles(Path.Combine(Repository.Root, suite.Project), "*.csproj")));
        Assert.All(List.Suites, suite => Assert.True(suite.Value.Filter is null != suite.Value.Run is null, suite.Key));
    }

    private static string Misfits(IEnumerable<Mutation> faults) => string.Join("\n", faults.Where(fault => !fault.FitsInto(Source(fault))).Select(fault => fault.Misfit()));

    private static string Source(Mutation fault)
    {
        var path = Path.Combine(Repository.Root, fault.File);
        return File.Exists(path) ? File.ReadAllText(path).ReplaceLineEndings("\n") : "";
    }
}
