using System.Reactive.Concurrency;
using ReactiveLink.Tool;
using ReactiveLink.Tool.Output;
using static ReactiveLink.Fuzz.FuzzException;

namespace ReactiveLink.Fuzz;

/// <summary>
/// The arguments of <c>reactivelink</c>: words, with a zero byte between them. Each command ends at the latest where it would open a socket. What is wrong is told in
/// one line, without control characters, and is never an unexpected exception.
/// </summary>
internal sealed class ArgumentTarget : FuzzTarget
{
    private const string NoSockets = "no sockets here";

    private static readonly byte[][] Seeds = HostileText.Tokens(
        "listen\0:9000\0--frame\0crc-seq\0--codec\0hex\0--count\010\0--duration\0.5",
        "listen\0239.1.2.3:5004\0--group\0239.1.2.3@eth0\0--idle\01e3",
        "send\0plant.example:9000\0--codec\0text\0--rate\01000\0--count\05\0--type\0command",
        "send\0[::1]:9000\0--frame=seq-zlib\0--source\0me\0--priority\0high",
        "replay\0no.pcapng\0--speed\0max\0--to\0127.0.0.1:9000\0--port\09000",
        "record\0:9000",
        "listen\0--help",
        "--version",
        "send\0--\0-x");

    private static readonly byte[][] Tokens = HostileText.Tokens(
        "\0", "\0--", "\0-h", "\0--help", "\0-?", "=", ":", "\0--frame\0", "\0--codec\0", "\0--count\0", "\0--duration\0", "\0--idle\0", "\0--rate\0", "\0--speed\0", "\0--group\0", "\0--port\0", "\0--type\0",
        "max", "-1", "0", "1e999", "1e-9", "NaN", "9223372036854775808", "crc", "seq", "json", "@file", "[suggest]", "[diagram]", "listen", "send", "\"", " ", "\n", "\x1b[31m", "\x7f");

    private readonly Mutator _mutator = new([.. Tokens, .. Enumerable.Range(0x80, 0x20).Select(i => new[] { (byte)i })], maximumLength: 2000);

    public override string Name => "arguments";

    public override byte[] Generate(SeededRandom random) => _mutator.Mutate(Seeds[random.NextInt32(Seeds.Length)], random, Seeds[random.NextInt32(Seeds.Length)]);

    /// <returns>Whether they were taken.</returns>
    public override bool Check(byte[] input)
    {
        var words = HostileText.Of(input).Split('\0');
        if (Array.Exists(words, word => word.StartsWith("-o", StringComparison.Ordinal) || word.StartsWith("--o", StringComparison.Ordinal)))
        {
            // Would write a file.
            return false;
        }

        using var error = new StringWriter { NewLine = "\n" };
        using var output = new StringWriter();
        var environment = new ToolEnvironment
        {
            Input = Stream.Null,
            Output = new Nowhere(),
            OutputText = output,
            Error = error,
            Scheduler = ImmediateScheduler.Instance,
            OpenTransport = _ => throw new LinkOpenException(NoSockets),
        };
        var running = ToolCommand.RunAsync(words, environment, CancellationToken.None);
        var exitCode = running.GetAwaiter().GetResult();
        var told = error.ToString();
        if (exitCode == 0)
        {
            Require(told.Length == 0);
            return true;
        }

        Require(told.StartsWith("reactivelink: ", StringComparison.Ordinal) && told[^1] == '\n' && !told[..^1].Any(char.IsControl), $"one line: {told}");
        Require(!told.Contains("reactivelink: unexpected", StringComparison.Ordinal), told);
        return told.Contains(NoSockets, StringComparison.Ordinal);
    }

    private sealed class Nowhere : IByteSink
    {
        public bool Write(ReadOnlySpan<byte> bytes) => true;
    }
}
