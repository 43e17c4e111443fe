using System.CommandLine;
using System.Runtime.CompilerServices;
using ReactiveLink.Concurrency.Exploring;
using ReactiveLink.Concurrency.Parts;

var histories = new Option<long>("--histories") { Description = "How many histories of each part.", DefaultValueFactory = _ => 100_000 };
var part = new Option<string?>("--part") { Description = "One part alone: " + string.Join(", ", AllParts.List.Select(one => one.Name)) + "." };
var seed = new Option<int>("--seed") { Description = "Other programs and schedules.", DefaultValueFactory = _ => 1 };
var block = new Option<int?>("--block") { Description = "One block alone, as a failure names it." };
var command = new RootCommand("Runs small programs over the parts that threads share, in controlled interleavings, and checks each history against a model.")
{
    histories, part, seed, block,
};
command.SetAction(parsed =>
{
    var name = parsed.GetValue(part);
    var parts = AllParts.List.Where(one => name is null || one.Name == name).ToArray();
    if (parts.Length == 0)
    {
        Console.Error.WriteLine($"There is no part {name}: name one of {string.Join(", ", AllParts.List.Select(one => one.Name))}.");
        return 2;
    }

    // A thread that may lose its turn within a type's initialization would hold up all others that need the type.
    foreach (var type in typeof(Explorer).Assembly.GetTypes().Where(type => !type.ContainsGenericParameters && type.TypeInitializer is not null))
    {
        RuntimeHelpers.RunClassConstructor(type.TypeHandle);
    }

    // After a failure the threads of a history may be stuck where they are: the first one ends the run.
    var explorer = new Explorer(parsed.GetValue(seed));
    return parts.All(one => explorer.Explore(one, parsed.GetValue(histories), parsed.GetValue(block))) ? 0 : 1;
});
return await command.Parse(args).InvokeAsync();
