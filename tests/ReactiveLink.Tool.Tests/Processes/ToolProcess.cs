
namespace ReactiveLink.Tool.Tests.Processes;

/// <summary>The tool as its users run it: a process of its own, from its build output.</summary>
internal static class ToolProcess
{
    private static readonly string Assembly = Path.Combine(AppContext.BaseDirectory, "ReactiveLink.Tool.dll");

    private static readonly string Host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";

    /// <summary>What starts the tool, before its arguments.</summary>
    public static string[] CommandLine => [Host, "exec", Assembly];

    public static ChildProcess Start(params IEnumerable<string> arguments) => ChildProcess.Start(Host, ["exec", Assembly, .. arguments]);

    /// <summary>The same through a shell, for pipelines: <c>"$@"</c> is the command.</summary>
    public static ChildProcess StartInShell(string script, params IEnumerable<string> arguments) =>
        ChildProcess.Start("/bin/sh", ["-c", script, "sh", Host, "exec", Assembly, .. arguments]);

    /// <summary>Runs it to its end, with this as its input.</summary>
    public static async Task<(int ExitCode, string Output, string Error)> RunAsync(string input, params IEnumerable<string> arguments)
    {
        await using var tool = Start(arguments);
        await tool.Input.WriteAsync(input);
        tool.Input.Close();
        var output = await tool.ReadToEndAsync();
        var (exitCode, error) = await tool.WaitAsync();
        return (exitCode, output, error);
    }
}
