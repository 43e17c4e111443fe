using System.Text.Json.Nodes;

namespace ReactiveLink.Tool.Tests.Processes;

/// <summary>The output of a process as events: JSON objects, one a line.</summary>
internal static class ChildEvents
{
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
