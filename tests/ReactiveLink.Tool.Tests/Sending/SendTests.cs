using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using ReactiveLink.Tool.Tests.Processes;

namespace ReactiveLink.Tool.Tests.Sending;

/// <summary><c>reactivelink send</c> as a process.</summary>
public sealed class SendTests : IDisposable
{
    private readonly Socket _receiver = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly string _endpoint;

    public SendTests()
    {
        _receiver.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _receiver.ReceiveTimeout = (int)Deadline.Time.TotalMilliseconds;
        _endpoint = _receiver.LocalEndPoint!.ToString()!;
    }

    public void Dispose() => _receiver.Dispose();

    [Fact]
    public async Task A_file_is_sent_line_by_line_and_blank_lines_are_skipped()
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, "1\r\n\n  \n{\"a\":2}\n3");

            var (exitCode, output, error) = await ToolProcess.RunAsync("", "send", _endpoint, "--from", file, "--frame", "none");

            Assert.Equal((0, ""), (exitCode, error));
            var received = new[] { Receive(), Receive(), Receive() };
            Assert.Equal(["1", "{\"a\":2}", "3"], received.Select(bytes => JsonNode.Parse(bytes)!["data"]!.ToJsonString()));
            Assert.Equal($$"""{"event":"summary","sent":3,"bytes":{{received.Sum(bytes => bytes.Length)}},"errors":0}""" + "\n", output);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task Count_ends_it_although_there_are_more_lines()
    {
        var (exitCode, output, error) = await ToolProcess.RunAsync("a\nb\nc\nd\n", "send", _endpoint, "--frame", "none", "--codec", "text", "--count", "2");

        Assert.Equal((0, ""), (exitCode, error));
        Assert.Equal("""{"event":"summary","sent":2,"bytes":2,"errors":0}""" + "\n", output);
        Assert.Equal("a"u8.ToArray(), Receive());
        Assert.Equal("b"u8.ToArray(), Receive());
        Assert.Equal(0, _receiver.Available);
    }

    [Fact]
    public async Task No_input_is_no_failure()
    {
        var (exitCode, output, error) = await ToolProcess.RunAsync("", "send", _endpoint);

        Assert.Equal((0, ""), (exitCode, error));
        Assert.Equal("""{"event":"summary","sent":0,"bytes":0,"errors":0}""" + "\n", output);
    }

    [Theory]
    [InlineData("json", "1\n{\"a\":\n", "reactivelink: line 2 is not one JSON value (byte 6: ")]
    [InlineData("json", "1\n1 2\n", "reactivelink: line 2 is not one JSON value (byte 3: ")]
    [InlineData("json", "1\nplain text\n", "reactivelink: line 2 is not one JSON value (byte 1: ")]
    [InlineData("hex", "00\nabc\n", "reactivelink: line 2 is not pairs of hexadecimal digits: ")]
    [InlineData("hex", "00\nzz\n", "reactivelink: line 2 is not pairs of hexadecimal digits: ")]
    public async Task An_unreadable_line_is_named_on_one_line_and_2(string codec, string input, string expected)
    {
        var (exitCode, output, error) = await ToolProcess.RunAsync(input, "send", _endpoint, "--codec", codec);

        Assert.Equal(2, exitCode);
        Assert.StartsWith(expected, error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd().Split('\n'));
        Assert.StartsWith("""{"event":"summary","sent":1,""", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_line_too_large_for_a_datagram_is_named_with_the_limit()
    {
        var (exitCode, _, error) = await ToolProcess.RunAsync("ok\n" + new string('x', 70_000) + "\n", "send", _endpoint, "--codec", "text");

        Assert.Equal(2, exitCode);
        Assert.Equal($"reactivelink: line 2 is too large for one datagram (70008 bytes, the limit is 65507): shorten it.{Environment.NewLine}", error);
    }

    [Fact]
    public async Task Nobody_listening_is_counted_and_no_failure()
    {
        _receiver.Dispose();

        var (exitCode, output, error) = await ToolProcess.RunAsync("1\n2\n3\n4\n", "send", _endpoint, "--rate", "100");

        Assert.Equal((0, ""), (exitCode, error));
        var summary = JsonNode.Parse(output)!;
        Assert.Equal(4, (int)summary["sent"]! + (int)summary["errors"]!);
    }

    [UnixFact]
    public async Task An_interrupt_ends_it_with_the_summary_although_the_input_is_open()
    {
        await using var tool = ToolProcess.Start("send", _endpoint, "--frame", "none", "--codec", "text");
        await tool.Input.WriteAsync("first\n");
        await tool.Input.FlushAsync();
        Assert.Equal("first"u8.ToArray(), Receive());

        tool.Interrupt();

        Assert.Equal("""{"event":"summary","sent":1,"bytes":5,"errors":0}""" + "\n", await tool.ReadToEndAsync());
        Assert.Equal((0, ""), await tool.WaitAsync());
    }

    [Fact]
    public async Task A_line_is_sent_when_it_comes_not_when_the_input_ends()
    {
        await using var tool = ToolProcess.Start("send", _endpoint, "--frame", "none", "--codec", "text");
        foreach (var text in new[] { "one", "two" })
        {
            await tool.Input.WriteAsync(text + "\n");
            await tool.Input.FlushAsync();
            Assert.Equal(System.Text.Encoding.UTF8.GetBytes(text), Receive());
        }

        tool.Input.Close();
        Assert.Equal((0, ""), await tool.WaitAsync());
    }

    private byte[] Receive()
    {
        var buffer = new byte[65536];
        return buffer[.._receiver.Receive(buffer)];
    }
}
