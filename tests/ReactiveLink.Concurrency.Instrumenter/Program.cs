using ReactiveLink.Concurrency.Instrumenter;

if (args.Length < 3)
{
    await Console.Error.WriteLineAsync("Usage: instrumenter OUTPUT ROOT FOLDER... : writes the sources of ROOT/FOLDER, with points for the explorer, to OUTPUT.");
    return 2;
}

var output = Path.GetFullPath(args[0]);
var root = Path.GetFullPath(args[1]);
var written = new HashSet<string>(StringComparer.Ordinal);
foreach (var folder in args[2..])
{
    foreach (var file in Directory.EnumerateFiles(Path.Combine(root, folder), "*.cs", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
    {
        var name = Path.GetRelativePath(root, file);
        if (name.Split(Path.DirectorySeparatorChar).Any(part => part is "obj" or "bin"))
        {
            continue;
        }

        var target = Path.Combine(output, name);
        written.Add(target);
        var text = Instrumentation.Of(await File.ReadAllTextAsync(file), Path.GetFileName(file));
        if (!File.Exists(target) || await File.ReadAllTextAsync(target) != text)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            await File.WriteAllTextAsync(target, text);
        }
    }
}

foreach (var stale in Directory.EnumerateFiles(output, "*.cs", SearchOption.AllDirectories).Where(file => !written.Contains(file)))
{
    File.Delete(stale);
}

return 0;
