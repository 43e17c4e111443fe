using System.CommandLine;

namespace ReactiveLink.Tool.Listening;

/// <summary>The arguments of <c>reactivelink listen</c>.</summary>
internal static class ListenCommand
{
    public const string Name = "listen";

    public static Command Create(Func<ListenSettings, Task<int>> run)
    {
        var endpoint = Arguments.Endpoint("Where to listen: host:port, [v6]:port or :port for every address; port 8080 when absent, 0 for any free one.");
        var frame = Arguments.Frame();
        var codec = Arguments.Codec();
        var groups = Arguments.Groups();
        var count = Arguments.Count("--count", "End after N delivered messages.");
        var duration = Arguments.Seconds("--duration", "End after S seconds.");
        var idle = Arguments.Seconds("--idle", "End after S seconds without a datagram.");
        var output = Arguments.OneOf(
            "--output",
            "jsonl|table",
            "One JSON object a line, or a table that updates. Default: table on a terminal, jsonl otherwise.",
            word => word == "jsonl" ? ListenOutput.JsonLines : ListenOutput.Table,
            "jsonl",
            "table");
        var command = new Command(Name, "Receives datagrams, checks them, and shows every message and fault, and a summary at the end.")
        {
            endpoint, frame, codec, groups, count, duration, idle, output,
        };
        command.SetAction(parsed => run(new ListenSettings
        {
            Endpoint = parsed.GetRequiredValue(endpoint),
            Frame = parsed.GetValue(frame) ?? FrameFormat.CrcSequenced,
            Codec = parsed.GetValue(codec) ?? MessageCodecs.Json,
            Groups = [.. parsed.GetValue(groups) ?? []],
            Count = parsed.GetValue(count),
            Duration = parsed.GetValue(duration),
            Idle = parsed.GetValue(idle),
            Output = parsed.GetValue(output),
        }));
        return command;
    }
}
