using System.Text.Json.Nodes;

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

    /// <summary>The first line of a listener.</summary>
    /// <returns>The endpoint that it is bound to.</returns>
    public static async Task<string> ReadListeningAsync(this ChildProcess tool)
    {
        var first = await tool.ReadEventAsync();
        Assert.Equal("listening", (string?)first?["event"]);
        return (string)first!["endpoint"]!;
    }

    /// <summary>The next line of standard output as a JSON object; null at the end.</summary>
    public static async Task<JsonObject?> ReadEventAsync(this ChildProcess tool) =>
        await tool.ReadLineAsync() is { } line ? JsonNode.Parse(line)!.AsObject() : null;

    /// <summary>All events up to the end of the output.</summary>
    public static async Task<List<JsonObject>> ReadEventsAsync(this ChildProcess tool)
    {
        var events = new List<JsonObject>();
        while (await tool.ReadEventAsync() is { } next)
        {
            events.Add(next);
        }

        return events;
    }
}
