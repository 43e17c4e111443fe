using System.Collections.Immutable;
using System.IO.Pipelines;
using System.Text;
using Dashboard.Feed;
using Dashboard.Server;
using ReactiveLink.Dashboard.Tests.Support;
using ReactiveLink.Tests.Support;

namespace ReactiveLink.Dashboard.Tests.Server;

public sealed class EventClientTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);

    private readonly EventClient _client = new();
    private readonly ManualTime _time = new();

    [Fact]
    public async Task The_latest_of_each_kind_wins_and_what_gave_way_is_counted()
    {
        for (var i = 0; i < 100; i++)
        {
            _client.Offer(Block(i));
        }

        var pipe = new Pipe();
        using var end = new CancellationTokenSource();
        var run = _client.RunAsync(pipe.Writer, Retry, Bound, _time, end.Token);
        var read = await Deadline.Within(pipe.Reader.ReadAsync().AsTask());
        var text = Encoding.UTF8.GetString(read.Buffer);

        Assert.StartsWith("retry: 1000\n\nevent: link\n", text, StringComparison.Ordinal);
        Assert.Contains("\"received\":99", text, StringComparison.Ordinal);
        Assert.Equal(1, text.Split("event: link").Length - 1);
        Assert.Equal(99, _client.Dropped);
        await end.CancelAsync();
        Assert.True(await Deadline.Within(run));
    }

    [Fact]
    public async Task One_that_takes_nothing_is_let_go_after_the_bound_and_not_before()
    {
        // The reader never reads: the first flush waits.
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 16, resumeWriterThreshold: 8));
        var run = _client.RunAsync(pipe.Writer, Retry, Bound, _time, CancellationToken.None);
        _client.Offer(Block(1));

        await Deadline.Within(_time.Armed);
        _time.Advance(Bound - TimeSpan.FromTicks(1));
        Assert.False(run.IsCompleted);
        _time.Advance(Bound);

        Assert.False(await Deadline.Within(run));
    }

    [Fact]
    public async Task One_that_has_gone_ends_without_blame()
    {
        var pipe = new Pipe();
        await pipe.Reader.CompleteAsync();
        _client.Offer(Block(1));

        Assert.True(await Deadline.Within(_client.RunAsync(pipe.Writer, Retry, Bound, _time, CancellationToken.None)));
    }

    [Fact]
    public async Task What_is_known_does_not_take_the_place_of_what_is_newer()
    {
        _client.Offer(Block(2));
        _client.Offer(Block(1), replace: false);

        var pipe = new Pipe();
        using var end = new CancellationTokenSource();
        var run = _client.RunAsync(pipe.Writer, Retry, Bound, _time, end.Token);
        var read = await Deadline.Within(pipe.Reader.ReadAsync().AsTask());

        Assert.Contains("\"received\":2", Encoding.UTF8.GetString(read.Buffer), StringComparison.Ordinal);
        Assert.Equal(0, _client.Dropped);
        await end.CancelAsync();
        await Deadline.Within(run);
    }

    [Fact]
    public async Task Under_threads_the_last_event_always_comes()
    {
        const int Events = 5000;
        var pipe = new Pipe();
        using var end = new CancellationTokenSource();
        var run = _client.RunAsync(pipe.Writer, Retry, Bound, TimeProvider.System, end.Token);
        var offer = Task.Run(() =>
        {
            for (var i = 1; i <= Events; i++)
            {
                _client.Offer(Block(i));
            }
        });
        var events = 0;
        var last = "";
        while (!last.Contains($"\"received\":{Events},", StringComparison.Ordinal))
        {
            var read = await Deadline.Within(pipe.Reader.ReadAsync().AsTask());
            last = Encoding.UTF8.GetString(read.Buffer);
            events += last.Split("event: link").Length - 1;
            pipe.Reader.AdvanceTo(read.Buffer.End);
        }

        await Deadline.Within(offer);
        Assert.Equal(Events, events + _client.Dropped);
        await end.CancelAsync();
        await Deadline.Within(run);
    }

    private static EventBlock Block(long received)
    {
        var totals = new LinkTotals(received, 0, 0, 0, 0, 0, 0, 0, 0, ImmutableSortedDictionary<string, long>.Empty);
        var point = new LinkPoint(0, "Connected", 0, 0, 0, ImmutableSortedDictionary<string, long>.Empty);
        return EventBlock.Of(new FeedUpdate(new LinkUpdate(point, totals), null, null, null, null));
    }
}
