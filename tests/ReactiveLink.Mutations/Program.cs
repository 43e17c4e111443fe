using System.CommandLine;
using ReactiveLink.Mutations;

var only = new Option<string[]>("--only") { Description = "Those faults alone whose name contains this. May be given more than once." };
var command = new RootCommand("Puts faults into a copy of the source, one at a time, and tells whether the tests notice each.") { only };
command.SetAction(async parsed =>
{
    var repository = new DirectoryInfo(AppContext.BaseDirectory);
    while (repository is not null && !File.Exists(Path.Combine(repository.FullName, "ReactiveLink.sln")))
    {
        repository = repository.Parent;
    }

    if (repository is null)
    {
        await Console.Error.WriteLineAsync("ReactiveLink.sln is in no folder above this program; run it from its repository.");
        return 2;
    }

    using var workspace = new Workspace(repository.FullName);
    var run = new MutationRun(workspace, MutationList.Read(Path.Combine(AppContext.BaseDirectory, "mutations.json")));
    return await run.RunAsync(parsed.GetValue(only) ?? []) ? 0 : 1;
});
return await command.Parse(args).InvokeAsync();
