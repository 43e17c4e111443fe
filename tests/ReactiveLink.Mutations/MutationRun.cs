namespace ReactiveLink.Mutations;

/// <summary>Puts one fault after the other into a copy of the repository, and runs the tests that must notice it.</summary>
internal sealed class MutationRun(Workspace workspace, MutationList list)
{
    // A fault may make a test hang; that is noticed too.
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);
    private static readonly string[] BuildOptions = ["-p:RunAnalyzers=false", "-p:TreatWarningsAsErrors=false", "-p:GenerateDocumentationFile=false", "--nologo", "-v:q"];

    /// <summary>Runs those whose name has one of the texts in it; all, where there is none.</summary>
    /// <returns>Whether all were caught.</returns>
    public async Task<bool> RunAsync(string[] texts)
    {
        var mutations = list.Mutations
            .Where(mutation => texts.Length == 0 || texts.Any(text => mutation.Name.Contains(text, StringComparison.OrdinalIgnoreCase)))
            .ToList();
        foreach (var name in mutations.Select(mutation => mutation.Suite).Distinct(StringComparer.Ordinal))
        {
            if (await TestAsync(list.Suites[name]) is var (outcome, output) && outcome != Outcome.Missed)
            {
                await Console.Error.WriteLineAsync($"The suite {name} is not green without any fault.\n{output}");
                return false;
            }
        }

        var caught = 0;
        foreach (var mutation in mutations)
        {
            var outcome = await RunAsync(mutation);
            caught += outcome == Outcome.Caught ? 1 : 0;
            Console.WriteLine($"{outcome.ToString().ToLowerInvariant(),-8} {mutation.Suite,-12} {mutation.Name}");
        }

        Console.WriteLine($"{caught}/{mutations.Count} caught");
        return caught == mutations.Count && caught > 0;
    }

    private async Task<Outcome> RunAsync(Mutation mutation)
    {
        var right = workspace.Read(mutation.File);
        if (!mutation.FitsInto(right))
        {
            await Console.Error.WriteLineAsync(mutation.Misfit());
            return Outcome.Invalid;
        }

        workspace.Write(mutation.File, mutation.PutInto(right));
        try
        {
            var (outcome, output) = await TestAsync(list.Suites[mutation.Suite]);
            if (outcome == Outcome.Invalid)
            {
                await Console.Error.WriteLineAsync(output);
            }

            return outcome;
        }
        finally
        {
            workspace.Write(mutation.File, right);
        }
    }

    private async Task<(Outcome Outcome, string Output)> TestAsync(Suite suite)
    {
        var build = await workspace.DotnetAsync(Limit, ["build", suite.Project, "-c", suite.Run is null ? "Debug" : "Release", .. BuildOptions]);
        if (build is not { ExitCode: 0 })
        {
            return (Outcome.Invalid, build?.Output ?? "The build took too long.");
        }

        if (suite.Run is not null)
        {
            var run = await workspace.DotnetAsync(Limit, ["run", "-c", "Release", "--no-build", "--project", suite.Project, "--", .. suite.Run.Split(' ')]);
            return run switch
            {
                null => (Outcome.Caught, "The program took too long."),
                { ExitCode: 0 } right => (Outcome.Missed, right.Output),
                { ExitCode: 1 } wrong => (Outcome.Caught, wrong.Output),
                var broken => (Outcome.Invalid, broken.Value.Output),
            };
        }

        var test = await workspace.DotnetAsync(Limit, "test", suite.Project, "--no-build", "--nologo", "--filter", suite.Filter ?? "");
        return test switch
        {
            null => (Outcome.Caught, "The tests took too long."),
            { ExitCode: 0 } passed when !passed.Output.Contains("Passed!", StringComparison.Ordinal) => (Outcome.Invalid, passed.Output),
            { ExitCode: 0 } passed => (Outcome.Missed, passed.Output),
            var failed => (Outcome.Caught, failed.Value.Output),
        };
    }

    private enum Outcome
    {
        /// <summary>The tests failed, or hung.</summary>
        Caught,

        /// <summary>The tests passed.</summary>
        Missed,

        /// <summary>It could not be put in, does not compile, or no test ran.</summary>
        Invalid,
    }
}
