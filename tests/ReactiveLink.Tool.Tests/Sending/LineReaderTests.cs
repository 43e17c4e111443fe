using System.Text;
using ReactiveLink.Tool.Sending;
using ReactiveLink.Tool.Tests.Processes;

namespace ReactiveLink.Tool.Tests.Sending;

public sealed class LineReaderTests
{
    [Theory]
    [InlineData("")]
    [InlineData("\uFEFF")]
    [InlineData("\uFEFF\n", "")]
    [InlineData("\n", "")]
    [InlineData("a", "a")]
    [InlineData("a\n", "a")]
    [InlineData("a\r\nb\r\n", "a", "b")]
    [InlineData("a\n\n\nb", "a", "", "", "b")]
    [InlineData("a\rb\n", "a\rb")]
    [InlineData("\uFEFFa\n\uFEFFb", "a", "\uFEFFb")]
    public async Task Lines_come_without_their_breaks(string text, params string[] expected)
    {
        Assert.Equal(expected, await ReadAllAsync(text, int.MaxValue));
        Assert.Equal(expected, await ReadAllAsync(text, 1));
    }

    [Fact]
    public async Task Lines_longer_than_the_buffer_come_whole()
    {
        var lines = new[] { new string('a', 200_000), "b", new string('c', 65_536), "", new string('d', 65_535) };

        Assert.Equal(lines, await ReadAllAsync(string.Join('\n', lines), 10_000));
    }

    [Fact]
    public async Task A_line_without_end_is_refused_and_named()
    {
        var reader = new LineReader(new EndlessStream());

        var error = await Assert.ThrowsAsync<ToolException>(async () => await reader.ReadAsync(CancellationToken.None));

        Assert.Equal("line 1 is longer than 16777216 bytes; give one value a line.", error.Message);
        Assert.Equal(ExitCodes.Usage, error.ExitCode);
    }

    [Fact]
    public async Task A_wait_for_input_can_be_cancelled()
    {
        var stream = new SilentStream();
        var reader = new LineReader(stream);
        using var cancel = new CancellationTokenSource();
        var reading = reader.ReadAsync(cancel.Token).AsTask();

        await cancel.CancelAsync();

        await Deadline.Within(Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading), "the cancellation");
    }

    private static async Task<List<string>> ReadAllAsync(string text, int atOnce)
    {
        var reader = new LineReader(new SlowStream(Encoding.UTF8.GetBytes(text), atOnce));
        var lines = new List<string>();
        while (await reader.ReadAsync(CancellationToken.None))
        {
            lines.Add(Encoding.UTF8.GetString(reader.Line.Span));
            Assert.Equal(lines.Count, reader.Number);
        }

        return lines;
    }

    private sealed class SlowStream(byte[] bytes, int atOnce) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, atOnce)], cancellationToken);
    }

    private sealed class EndlessStream : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            buffer.Span.Fill((byte)'x');
            return new ValueTask<int>(buffer.Length);
        }
    }

    private sealed class SilentStream : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            new(new TaskCompletionSource<int>().Task);
    }
}
