using System.Diagnostics;
using System.Reflection;

namespace ReactiveLink.Samples.Tests;

/// <summary>Runs a sample as its reader would: a process of its own, output not a terminal.</summary>
internal static class Sample
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    public static async Task<(int ExitCode, string Output, string Errors)> RunAsync(string name, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, UseShellExecute = false };
        start.ArgumentList.Add("exec");
        start.ArgumentList.Add(PathOf(name));
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        using var deadline = new CancellationTokenSource(Deadline);
        try
        {
            await process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"{name} did not end within {Deadline}");
        }

        return (process.ExitCode, await output, await errors);
    }

    /// <summary>Its demonstration agrees with itself, and says so at the end.</summary>
    /// <returns>What it printed.</returns>
    public static async Task<string> AssertDemoAsync(string name, string lastLine)
    {
        var (exitCode, output, errors) = await RunAsync(name);

        Assert.Equal("", errors);
        Assert.DoesNotContain("WRONG", output, StringComparison.Ordinal);
        Assert.EndsWith(lastLine, output.TrimEnd(), StringComparison.Ordinal);
        Assert.Equal(0, exitCode);
        return output;
    }

    /// <summary>It runs with these arguments, or says in one line what is wrong with them.</summary>
    public static async Task AssertArgumentsAsync(string name, string arguments, int exitCode, string error)
    {
        var result = await RunAsync(name, arguments.Split(' '));

        Assert.Equal((exitCode, error), (result.ExitCode, result.Errors.TrimEnd('\n')));
        Assert.Equal(exitCode == 0, result.Output.Length > 0);
    }

    /// <summary>Its help goes to stdout, with these options and no others: each as <c>--name &lt;UNIT&gt; default</c>.</summary>
    public static async Task AssertHelpAsync(string name, params string[] options)
    {
        var (exitCode, output, errors) = await RunAsync(name, "--help");

        Assert.Equal((0, ""), (exitCode, errors));
        var told = output.ReplaceLineEndings("\n").Split("\nOptions:\n")[1].Split('\n')
            .Where(line => line.StartsWith("  --", StringComparison.Ordinal))
            .Select(line => line[2..].Split("  ")[0] + (line.Split("[default:") is [_, var value] ? value.TrimEnd(']') : ""));
        Assert.Equal([.. options, "--version"], told);
    }

    public static string Root => Metadata("RepositoryRoot");

    public static string Folder(string name) => Path.Combine(Root, "samples", name);

    public static string PathOf(string name) => Path.Combine(Folder(name), "bin", Metadata("Configuration"), "net10.0", name + ".dll");

    private static string Metadata(string key) => typeof(Sample).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == key).Value!;
}
