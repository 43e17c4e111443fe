using System.Collections.Concurrent;
using System.Text;
using ReactiveLink.Tool.Output;
using ReactiveLink.Tool.Tests.Processes;

namespace ReactiveLink.Tool.Tests.Output;

public sealed class OutputQueueTests
{
    [Fact]
    public async Task A_line_goes_out_without_waiting_for_another()
    {
        var sink = new Sink();
        using var output = new OutputQueue(sink, () => { });

        output.Append("one\n"u8);

        Assert.Equal("one\n", await sink.NextAsync());
    }

    [Fact]
    public void What_was_appended_is_written_before_the_end()
    {
        var sink = new Sink();
        using (var output = new OutputQueue(sink, () => { }))
        {
            for (var i = 0; i < 100_000; i++)
            {
                output.Append("0123456789\n"u8);
            }
        }

        Assert.Equal(1_100_000, sink.Bytes);
    }

    [Fact]
    public async Task A_slow_sink_holds_up_who_appends_and_loses_nothing()
    {
        var sink = new Sink { Blocked = true };
        var line = new byte[1000];
        using var output = new OutputQueue(sink, () => { });
        var appending = Task.Run(() =>
        {
            for (var i = 0; i < 5000; i++)
            {
                output.Append(line);
            }
        });
        await Deadline.Within(Task.Run(() => SpinWait.SpinUntil(() => output.IsBlocked, Deadline.Time)), "the bound");
        Assert.False(appending.IsCompleted);

        sink.Unblock();
        await Deadline.Within(appending, "the rest");
        output.Dispose();

        Assert.False(output.IsBlocked);
        Assert.Equal(5_000_000, sink.Bytes);
    }

    [Fact]
    public async Task A_closed_sink_is_told_once_and_lets_everyone_go()
    {
        var closed = 0;
        var told = new TaskCompletionSource();
        var sink = new Sink { Closed = true };
        using var output = new OutputQueue(sink, () =>
        {
            closed++;
            told.TrySetResult();
        });
        output.Append("one\n"u8);
        await Deadline.Within(told.Task, "the closing");
        for (var i = 0; i < 3000; i++)
        {
            output.Append(new byte[1000]);
        }

        output.Dispose();

        Assert.True(output.IsClosed);
        Assert.Equal(1, closed);
    }

    [Fact]
    public void A_line_larger_than_the_bound_goes_out_whole()
    {
        var sink = new Sink();
        using (var output = new OutputQueue(sink, () => { }))
        {
            output.Append("short\n"u8);
            output.Append(new byte[5_000_000]);
            output.Append("short\n"u8);
        }

        Assert.Equal(5_000_012, sink.Bytes);
    }

    [Fact]
    public void Lines_of_many_threads_stay_whole()
    {
        var sink = new Sink { Keep = true };
        using (var output = new OutputQueue(sink, () => { }))
        {
            Parallel.For(0, 8, thread =>
            {
                var line = Encoding.UTF8.GetBytes(new string((char)('a' + thread), 100) + "\n");
                for (var i = 0; i < 1000; i++)
                {
                    output.Append(line);
                }
            });
        }

        var lines = sink.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(8000, lines.Length);
        Assert.All(lines, line => Assert.Single(line.Distinct()));
    }

    private sealed class Sink : IByteSink
    {
        private readonly ManualResetEventSlim _open = new(initialState: true);
        private readonly BlockingCollection<string> _writes = [];
        private readonly StringBuilder _text = new();

        public bool Blocked
        {
            init => _open.Reset();
        }

        public bool Closed { get; init; }

        public bool Keep { get; init; }

        public long Bytes { get; private set; }

        public string Text => _text.ToString();

        public bool Write(ReadOnlySpan<byte> bytes)
        {
            _open.Wait(Deadline.Time);
            Bytes += bytes.Length;
            if (Keep || bytes.Length < 100)
            {
                var text = Encoding.UTF8.GetString(bytes);
                _text.Append(text);
                _writes.Add(text);
            }

            return !Closed;
        }

        public void Unblock() => _open.Set();

        public Task<string> NextAsync() => Task.Run(() => _writes.TryTake(out var text, Deadline.Time) ? text : "nothing");
    }
}
