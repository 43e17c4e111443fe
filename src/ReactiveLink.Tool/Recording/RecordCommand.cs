using System.CommandLine;

namespace ReactiveLink.Tool.Recording;

/// <summary>The arguments of <c>reactivelink record</c>.</summary>
internal static class RecordCommand
{
    public const string Name = "record";

    public static Command Create(Func<RecordSettings, Task<int>> run)
    {
        var endpoint = Arguments.Endpoint("Where to listen: host:port, [v6]:port or :port for every address; port 8080 when absent, 0 for any free one.");
        var file = new Option<string>("--out")
        {
            Description = "The pcapng file to write; replaced if it exists.",
            HelpName = "FILE",
            Required = true,
            CustomParser = Arguments.FileName("--out"),
        };
        var groups = Arguments.Groups();
        var count = Arguments.Count("--count", "End after N datagrams.");
        var duration = Arguments.Seconds("--duration", "End after S seconds.");
        var idle = Arguments.Seconds("--idle", "End after S seconds without a datagram.");
        var command = new Command(Name, "Writes every datagram that arrives, as it is, to a pcapng file that Wireshark opens, and a summary at the end.")
        {
            endpoint, file, groups, count, duration, idle,
        };
        command.SetAction(parsed => run(new RecordSettings
        {
            Endpoint = parsed.GetRequiredValue(endpoint),
            Out = parsed.GetRequiredValue(file),
            Groups = [.. parsed.GetValue(groups) ?? []],
            Count = parsed.GetValue(count),
            Duration = parsed.GetValue(duration),
            Idle = parsed.GetValue(idle),
        }));
        return command;
    }
}
