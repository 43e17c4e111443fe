using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using ReactiveLink.Tool.Listening;
using ReactiveLink.Tool.Recording;
using ReactiveLink.Tool.Replaying;
using ReactiveLink.Tool.Sending;

namespace ReactiveLink.Tool;

/// <summary>The standard help, followed by examples: what most people look for.</summary>
internal sealed class HelpWithExamples(SynchronousCommandLineAction standard) : SynchronousCommandLineAction
{
    private const string RootExamples = """
        Examples:
          reactivelink listen :9000
          echo '{"roll":1.5}' | reactivelink send 127.0.0.1:9000
          reactivelink record :9000 --out flight.pcapng
          reactivelink replay flight.pcapng --speed 10

        """;

    private const string ListenExamples = """
        Examples:
          reactivelink listen :9000                                     a live table on a terminal, JSON lines in a pipe
          reactivelink listen :9000 --output jsonl --count 10           ten messages, then the summary
          reactivelink listen :9000 --frame seq --codec text --idle 5   until 5 seconds of silence
          reactivelink listen 0.0.0.0:5004 --group 239.1.2.3 --frame none --codec hex

        Exit codes: 0 ended as asked (also by SIGINT or SIGTERM), 1 failed while running, 2 wrong arguments or the endpoint cannot be opened.

        """;

    private const string SendExamples = """
        Examples:
          echo '{"roll":1.5}' | reactivelink send 127.0.0.1:9000
          reactivelink send 127.0.0.1:9000 --from telemetry.jsonl --rate 1000 --source plant
          reactivelink send [::1]:9000 --frame seq-zlib --codec text < log.txt
          echo deadbeef | reactivelink send 239.1.2.3:5004 --frame none --codec hex

        Exit codes: 0 sent, 1 failed while running, 2 wrong arguments, an unreadable file or an unreadable line.

        """;

    private const string RecordExamples = """
        Examples:
          reactivelink record :9000 --out flight.pcapng                     until SIGINT; then open it in Wireshark, or replay it
          reactivelink record :9000 --out flight.pcapng --duration 60
          reactivelink record 0.0.0.0:5004 --group 239.1.2.3 --out camera.pcapng --count 1000

        Exit codes: 0 ended as asked (also by SIGINT or SIGTERM), 1 failed while running, 2 wrong arguments, or the endpoint or the file cannot be opened.

        """;

    private const string ReplayExamples = """
        Examples:
          reactivelink replay flight.pcapng                                 JSON lines as listen prints, at the recorded times
          reactivelink replay flight.pcapng --speed max --frame none --codec hex
          reactivelink replay flight.pcapng --to 127.0.0.1:9000 --speed 10 --max-gap 5
          reactivelink replay tcpdump.pcap --port 5004 --to 239.1.2.3:5004

        Exit codes: 0 replayed (also ended by SIGINT or SIGTERM), 1 failed while running, 2 wrong arguments, or a file that is not readable to its end.

        """;

    public override bool ClearsParseErrors => true;

    public static void Install(RootCommand root)
    {
        foreach (var option in root.Options.OfType<HelpOption>())
        {
            if (option.Action is SynchronousCommandLineAction standard)
            {
                option.Action = new HelpWithExamples(standard);
            }
        }
    }

    public override int Invoke(ParseResult parseResult)
    {
        var result = standard.Invoke(parseResult);
        parseResult.InvocationConfiguration.Output.Write(parseResult.CommandResult.Command.Name switch
        {
            ListenCommand.Name => ListenExamples,
            SendCommand.Name => SendExamples,
            RecordCommand.Name => RecordExamples,
            ReplayCommand.Name => ReplayExamples,
            _ => RootExamples,
        });
        return result;
    }
}
