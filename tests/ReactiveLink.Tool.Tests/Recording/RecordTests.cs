using System.Reactive.Linq;
using Microsoft.Reactive.Testing;
using ReactiveLink.Testing;
using ReactiveLink.Tool.Tests.Processes;

namespace ReactiveLink.Tool.Tests.Recording;

/// <summary><c>record</c> over a transport of the test's: ends, counts, failures.</summary>
public sealed class RecordTests
{
    [Theory]
    [InlineData("--count", "2")]
    [InlineData("--duration", "3")]
    [InlineData("--idle", "2")]
    public async Task It_ends_as_asked_with_a_whole_file(string option, string value)
    {
        using var file = new TemporaryFile();
        var scheduler = new TestScheduler();
        var process = new FakeProcess(scheduler);
        var running = process.RunAsync("record", ":9000", "--out", file.Path, option, value);
        await Deadline.Within(process.Transport.Started.Task, "the start");
        scheduler.AdvanceBy(TimeSpan.FromSeconds(1).Ticks);
        process.Transport.Receive([1, 2, 3]);
        process.Transport.Raise(new Fault(FaultReason.KernelDrop, scheduler.Now, Count: 7));
        process.Transport.Receive([4]);
        scheduler.AdvanceBy(TimeSpan.FromSeconds(2).Ticks);

        Assert.Equal(0, await Deadline.Within(running, "the end"));

        Assert.Equal(
            [
                """{"event":"recording","endpoint":"127.0.0.1:9000"}""",
                """{"event":"summary","datagrams":2,"bytes":4,"faults":{"kernel-drop":7}}""",
            ],
            process.OutputLines);
        var read = CaptureFile.Read(file.Path, new CaptureReadOptions { Port = 9000 }).ToList().Wait();
        Assert.Equal(["010203", "04"], read.Select(d => Convert.ToHexStringLower(d.Payload.Span)));
        Assert.Equal(FakeTransport.Peer, read[0].Remote);
        Assert.Equal(TimeSpan.FromSeconds(1).Ticks, read[0].ReceivedAt.UtcTicks);
    }

    [Fact]
    public async Task A_file_that_cannot_be_made_is_one_line_and_2()
    {
        var process = new FakeProcess();

        Assert.Equal(ExitCodes.Usage, await Deadline.Within(process.RunAsync("record", ":9000", "--out", "/nowhere/at/all.pcapng"), "the end"));

        var line = Assert.Single(process.Error.ToString().TrimEnd().Split('\n'));
        Assert.StartsWith("reactivelink: cannot write --out '/nowhere/at/all.pcapng': ", line, StringComparison.Ordinal);
        Assert.EndsWith("Give a file that can be written.", line, StringComparison.Ordinal);
        Assert.Equal("", process.Output);
    }

    [FullDeviceFact]
    public async Task A_full_disk_is_one_line_and_1()
    {
        var process = new FakeProcess();
        var running = process.RunAsync("record", ":9000", "--out", "/dev/full");
        await Deadline.Within(process.Transport.Started.Task, "the start");
        for (var i = 0; i < 3; i++)
        {
            process.Transport.Receive(new byte[60_000]);
        }

        Assert.Equal(ExitCodes.Failure, await Deadline.Within(running, "the end"));

        var line = Assert.Single(process.Error.ToString().TrimEnd().Split('\n'));
        Assert.StartsWith("reactivelink: '/dev/full' is not complete after ", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_socket_that_cannot_be_recovered_is_one_line_and_1_and_the_file_is_whole()
    {
        using var file = new TemporaryFile();
        var process = new FakeProcess();
        var running = process.RunAsync("record", ":9000", "--out", file.Path);
        await Deadline.Within(process.Transport.Started.Task, "the start");
        process.Transport.Receive([1]);
        process.Transport.Fail(new System.Net.Sockets.SocketException((int)System.Net.Sockets.SocketError.NetworkDown));

        Assert.Equal(ExitCodes.Failure, await Deadline.Within(running, "the end"));

        Assert.StartsWith("reactivelink: the socket failed and could not be recovered: ", process.Error.ToString(), StringComparison.Ordinal);
        Assert.Single(CaptureFile.Read(file.Path).ToList().Wait());
    }
}
