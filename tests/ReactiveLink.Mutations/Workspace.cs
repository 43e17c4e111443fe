using System.Diagnostics;

namespace ReactiveLink.Mutations;

/// <summary>A copy of the repository, to be broken.</summary>
internal sealed class Workspace : IDisposable
{
    private static readonly string[] LeftOut = ["bin", "obj", ".git", "artifacts"];
    private readonly string _root = Directory.CreateTempSubdirectory("reactivelink-mutations-").FullName;

    public Workspace(string repository) => Copy(repository, _root);

    public void Dispose() => Directory.Delete(_root, recursive: true);

    /// <summary>The text of a file, its lines ended as those in the list of faults.</summary>
    public string Read(string file) => File.ReadAllText(Path.Combine(_root, file)).ReplaceLineEndings("\n");

    public void Write(string file, string text) => File.WriteAllText(Path.Combine(_root, file), text);

    /// <summary>Runs a command of dotnet in the copy.</summary>
    /// <returns>Its exit code and its last lines, or null where it took longer than the limit.</returns>
    public async Task<(int ExitCode, string Output)?> DotnetAsync(TimeSpan limit, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments)
        {
            WorkingDirectory = _root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        using var process = Process.Start(start) ?? throw new InvalidOperationException("dotnet could not be started.");
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        using var late = new CancellationTokenSource(limit);
        try
        {
            await process.WaitForExitAsync(late.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            return null;
        }

        return (process.ExitCode, await output + await error);
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.EnumerateFiles(from))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }

        foreach (var folder in Directory.EnumerateDirectories(from).Where(folder => !LeftOut.Contains(Path.GetFileName(folder), StringComparer.Ordinal)))
        {
            Copy(folder, Path.Combine(to, Path.GetFileName(folder)));
        }
    }
}
