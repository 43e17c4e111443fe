using System.CommandLine;

namespace ReactiveLink.Tool.Sending;

/// <summary>The arguments of <c>reactivelink send</c>.</summary>
internal static class SendCommand
{
    public const string Name = "send";

    public static Command Create(Func<SendSettings, Task<int>> run)
    {
        var endpoint = Arguments.Endpoint("Where to send: host:port or [v6]:port; port 8080 when absent.");
        var frame = Arguments.Frame();
        var codec = Arguments.Codec();
        var type = Word("--type", "T", "The message type in the JSON envelope. Default: data.", "data");
        var source = Word("--source", "NAME", $"The source in the JSON envelope. Default: {ToolCommand.Name}.", ToolCommand.Name);
        var priority = Arguments.OneOf(
            "--priority",
            "low|normal|high|critical",
            "The priority in the JSON envelope. Default: normal.",
            Priority? (word) => word switch
            {
                "low" => Priority.Low,
                "high" => Priority.High,
                "critical" => Priority.Critical,
                _ => Priority.Normal,
            },
            "low",
            "normal",
            "high",
            "critical");
        var rate = Arguments.Rate("--rate", "At most N messages a second, evenly. Default: as fast as they can be read.");
        var count = Arguments.Count("--count", "End after N messages, even if there are more lines.");
        var from = new Option<string?>("--from") { Description = "The file to read. Default: standard input.", HelpName = "FILE" };
        var command = new Command(Name, "Sends one message a line: one JSON value, one line of text, or hexadecimal digits. Blank lines are skipped, but sent as text.")
        {
            endpoint, frame, codec, type, source, priority, rate, count, from,
        };
        command.SetAction(parsed => run(new SendSettings
        {
            Endpoint = parsed.GetRequiredValue(endpoint),
            Frame = parsed.GetValue(frame) ?? FrameFormat.CrcSequenced,
            Codec = parsed.GetValue(codec) ?? MessageCodecs.Json,
            Type = parsed.GetValue(type) is { } word ? new MessageType(word) : MessageType.Data,
            Source = parsed.GetValue(source) ?? ToolCommand.Name,
            Priority = parsed.GetValue(priority) ?? Priority.Normal,
            Rate = parsed.GetValue(rate),
            Count = parsed.GetValue(count),
            From = parsed.GetValue(from),
        }));
        return command;
    }

    private static Option<string?> Word(string name, string helpName, string description, string fallback) => new(name)
    {
        Description = description,
        HelpName = helpName,
        CustomParser = result => result.Tokens is [{ Value.Length: > 0 } token]
            ? token.Value
            : Arguments.Refuse<string>(result, $"{name} is empty: give a name, or leave it out for {fallback}."),
    };
}
