using System.CommandLine;

namespace ReactiveLink.Tool.Replaying;

/// <summary>The arguments of <c>reactivelink replay</c>.</summary>
internal static class ReplayCommand
{
    public const string Name = "replay";

    public static Command Create(Func<ReplaySettings, Task<int>> run)
    {
        var file = new Argument<string>("FILE") { Description = "A pcap or pcapng file, of record, tcpdump or Wireshark.", CustomParser = Arguments.FileName("FILE") };
        var speed = Arguments.Speed();
        var gap = Arguments.Seconds("--max-gap", "Shorten longer pauses to S seconds of the recording.");
        var port = Arguments.Port("--port", "Only datagrams that went to this port.");
        var to = Arguments.EndpointOption("--to", "Send the datagrams there, as they are. Default: show them as listen does.");
        var frame = Arguments.Frame();
        var codec = Arguments.Codec();
        var command = new Command(Name, "Replays the UDP datagrams of a capture at the times they were recorded, to standard output as JSON lines or to an endpoint.")
        {
            file, speed, gap, port, to, frame, codec,
        };
        command.SetAction(parsed => run(new ReplaySettings
        {
            File = parsed.GetRequiredValue(file),
            Speed = parsed.GetValue(speed) ?? 1,
            MaximumGap = parsed.GetValue(gap),
            Port = parsed.GetValue(port),
            To = parsed.GetValue(to),
            Frame = parsed.GetValue(frame) ?? FrameFormat.CrcSequenced,
            Codec = parsed.GetValue(codec) ?? MessageCodecs.Json,
        }));
        return command;
    }
}
