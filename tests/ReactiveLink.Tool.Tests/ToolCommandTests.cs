using System.Net.Sockets;
using ReactiveLink.Tool.Tests.Processes;

namespace ReactiveLink.Tool.Tests;

/// <summary>Arguments, help and failures: one line on stderr, the right exit code, never a stack trace.</summary>
public sealed class ToolCommandTests
{
    [Theory]
    [InlineData("reactivelink: no command: use 'reactivelink listen ENDPOINT', 'reactivelink send ENDPOINT', 'reactivelink record ENDPOINT --out FILE' or 'reactivelink replay FILE'. See 'reactivelink --help'.")]
    [InlineData("reactivelink: 'bogus' is not a command: use 'reactivelink listen ENDPOINT', 'reactivelink send ENDPOINT', 'reactivelink record ENDPOINT --out FILE' or 'reactivelink replay FILE'. See 'reactivelink --help'.", "bogus")]
    [InlineData("reactivelink: Required argument 'ENDPOINT' missing for command: 'listen'. See 'reactivelink listen --help'.", "listen")]
    [InlineData("reactivelink: Unrecognized command or argument 'b'. See 'reactivelink listen --help'.", "listen", "a", "b")]
    [InlineData("reactivelink: Unrecognized command or argument '--bogus'. See 'reactivelink send --help'.", "send", "a", "--bogus")]
    [InlineData("reactivelink: The endpoint 'foo:bar' has 'bar' for a port. Write a number from 0 to 65535. See 'reactivelink listen --help'.", "listen", "foo:bar")]
    [InlineData("reactivelink: --frame 'x' is not known: use crc-seq, seq, seq-zlib, crc or none. See 'reactivelink listen --help'.", "listen", ":0", "--frame", "x")]
    [InlineData("reactivelink: --codec 'xml' is not known: use json, text or hex. See 'reactivelink send --help'.", "send", ":0", "--codec", "xml")]
    [InlineData("reactivelink: --output 'csv' is not known: use jsonl or table. See 'reactivelink listen --help'.", "listen", ":0", "--output", "csv")]
    [InlineData("reactivelink: --count '0' is not a whole number from 1. See 'reactivelink listen --help'.", "listen", ":0", "--count", "0")]
    [InlineData("reactivelink: --count '1.5' is not a whole number from 1. See 'reactivelink send --help'.", "send", ":0", "--count", "1.5")]
    [InlineData("reactivelink: --idle '-1' is not a time in seconds from 0.001 to 10000000, for example 5 or 0.5. See 'reactivelink listen --help'.", "listen", ":0", "--idle", "-1")]
    [InlineData("reactivelink: --duration 'NaN' is not a time in seconds from 0.001 to 10000000, for example 5 or 0.5. See 'reactivelink listen --help'.", "listen", ":0", "--duration", "NaN")]
    [InlineData("reactivelink: --rate '0' is not a rate per second from 0.001 to 1000000000, for example 1000 or 0.5. See 'reactivelink send --help'.", "send", ":0", "--rate", "0")]
    [InlineData("reactivelink: --priority '2' is not known: use low, normal, high or critical. See 'reactivelink send --help'.", "send", ":0", "--priority", "2")]
    [InlineData("reactivelink: --type is empty: give a name, or leave it out for data. See 'reactivelink send --help'.", "send", ":0", "--type", "")]
    [InlineData("reactivelink: --source is empty: give a name, or leave it out for reactivelink. See 'reactivelink send --help'.", "send", ":0", "--source", "")]
    [InlineData("reactivelink: Option '--out' is required. See 'reactivelink record --help'.", "record", ":0")]
    [InlineData("reactivelink: --out is empty: give the name of a file. See 'reactivelink record --help'.", "record", ":0", "--out", "")]
    [InlineData("reactivelink: FILE is empty: give the name of a file. See 'reactivelink replay --help'.", "replay", "")]
    [InlineData("reactivelink: Required argument 'FILE' missing for command: 'replay'. See 'reactivelink replay --help'.", "replay")]
    [InlineData("reactivelink: --speed 'fast' is neither a factor from 0.001 to 1000000000 nor max. See 'reactivelink replay --help'.", "replay", "x", "--speed", "fast")]
    [InlineData("reactivelink: --speed '0' is neither a factor from 0.001 to 1000000000 nor max. See 'reactivelink replay --help'.", "replay", "x", "--speed", "0")]
    [InlineData("reactivelink: --port '65536' is not a port from 0 to 65535. See 'reactivelink replay --help'.", "replay", "x", "--port", "65536")]
    [InlineData("reactivelink: --to: The endpoint 'a:b' has 'b' for a port. Write a number from 0 to 65535. See 'reactivelink replay --help'.", "replay", "x", "--to", "a:b")]
    public async Task A_wrong_argument_is_one_line_and_2(string expected, params string[] arguments)
    {
        var process = new FakeProcess();

        var exitCode = await process.RunAsync(arguments);

        Assert.Equal(ExitCodes.Usage, exitCode);
        Assert.Equal(expected + Environment.NewLine, process.Error.ToString());
        Assert.Equal("", process.OutputText.ToString());
        Assert.Equal("", process.Output);
    }

    [Fact]
    public async Task A_group_that_is_none_says_what_to_write()
    {
        var process = new FakeProcess();

        Assert.Equal(ExitCodes.Usage, await process.RunAsync("listen", ":0", "--group", "10.0.0.1"));

        var line = Assert.Single(process.Error.ToString().TrimEnd().Split('\n'));
        Assert.StartsWith("reactivelink: --group '10.0.0.1' is not a multicast group. Write an address from 224.0.0.0", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Commands:")]
    [InlineData("reactivelink listen :9000 --output jsonl --count 10", "listen")]
    [InlineData("reactivelink send 127.0.0.1:9000 --from telemetry.jsonl", "send")]
    [InlineData("reactivelink record :9000 --out flight.pcapng --duration 60", "record")]
    [InlineData("reactivelink replay flight.pcapng --to 127.0.0.1:9000 --speed 10", "replay")]
    [InlineData("--speed <N|max>", "replay")]
    [InlineData("--frame <crc-seq|seq|seq-zlib|crc|none>", "listen")]
    [InlineData("--priority <low|normal|high|critical>", "send")]
    public async Task Help_has_examples_and_is_success(string expected, params string[] arguments)
    {
        var process = new FakeProcess();

        Assert.Equal(ExitCodes.Success, await process.RunAsync([.. arguments, "--help"]));

        Assert.Contains(expected, process.OutputText.ToString(), StringComparison.Ordinal);
        Assert.Contains("Examples:", process.OutputText.ToString(), StringComparison.Ordinal);
        Assert.Equal("", process.Error.ToString());
    }

    [Fact]
    public async Task Version_is_a_number()
    {
        var process = new FakeProcess();

        Assert.Equal(ExitCodes.Success, await process.RunAsync("--version"));

        Assert.Matches(@"^\d+\.\d+\.\d+", process.OutputText.ToString());
    }

    [Fact]
    public async Task A_file_that_cannot_be_read_is_one_line_and_2()
    {
        var process = new FakeProcess();

        Assert.Equal(ExitCodes.Usage, await process.RunAsync("send", ":9", "--from", "/nowhere/at all"));

        var line = Assert.Single(process.Error.ToString().TrimEnd().Split('\n'));
        Assert.StartsWith("reactivelink: cannot read --from '/nowhere/at all': ", line, StringComparison.Ordinal);
        Assert.EndsWith("Give a file that can be read, or leave --from out for standard input.", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_socket_that_cannot_be_recovered_is_one_line_and_1_after_the_summary()
    {
        var process = new FakeProcess();
        var running = process.RunAsync("listen", ":9000", "--frame", "none", "--codec", "text");
        await Deadline.Within(process.Transport.Started.Task, "the start");
        process.Transport.Receive("hello"u8);
        process.Transport.Fail(new SocketException((int)SocketError.NetworkDown));

        Assert.Equal(ExitCodes.Failure, await Deadline.Within(running, "the end"));

        var line = Assert.Single(process.Error.ToString().TrimEnd().Split('\n'));
        Assert.StartsWith("reactivelink: the socket failed and could not be recovered: ", line, StringComparison.Ordinal);
        Assert.StartsWith("{\"event\":\"summary\",\"datagrams\":1,\"bytes\":5,\"delivered\":1,", process.OutputLines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_network_that_takes_nothing_is_one_line_and_1_after_the_summary()
    {
        var process = Sending(SocketError.NetworkUnreachable);

        Assert.Equal(ExitCodes.Failure, await Deadline.Within(process.RunAsync("send", "192.0.2.1:9"), "the end"));

        var line = Assert.Single(process.Error.ToString().TrimEnd().Split('\n'));
        Assert.Equal("reactivelink: none of 2 messages could be sent: refused by the test", line);
        Assert.Equal("""{"event":"summary","sent":0,"bytes":0,"errors":2}""", Assert.Single(process.OutputLines));
    }

    [Fact]
    public async Task Nobody_listening_is_counted_and_success()
    {
        var process = Sending(SocketError.ConnectionRefused);

        Assert.Equal(ExitCodes.Success, await Deadline.Within(process.RunAsync("send", "192.0.2.1:9"), "the end"));

        Assert.Equal("", process.Error.ToString());
        Assert.Equal("""{"event":"summary","sent":0,"bytes":0,"errors":2}""", Assert.Single(process.OutputLines));
    }

    [Fact]
    public async Task An_unforeseen_failure_is_one_line_and_1()
    {
        var process = new FakeProcess();
        process.Environment = process.Environment with { OpenTransport = _ => throw new InvalidOperationException("first\n   at second") };

        Assert.Equal(ExitCodes.Failure, await process.RunAsync("listen", ":9000"));
        Assert.Equal($"reactivelink: unexpected InvalidOperationException: first at second{Environment.NewLine}", process.Error.ToString());
    }

    private static FakeProcess Sending(SocketError error)
    {
        var transport = new FakeTransport(System.Reactive.Concurrency.DefaultScheduler.Instance)
        {
            OnSend = _ => new DatagramSendException(FaultReason.SocketError, "refused by the test", new SocketException((int)error)),
        };
        return new FakeProcess(transport: transport, input: "1\n2\n");
    }
}
