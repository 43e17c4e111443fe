using System.Reactive.Concurrency;
using ReactiveLink.Tool.Output;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace ReactiveLink.Tool.Listening;

/// <summary>A table on a terminal, drawn anew four times a second: a row a peer, the sums around it. At the end it stays, with the summary under it.</summary>
internal sealed class TableReport(ToolEnvironment environment) : IListenReport
{
    /// <summary>Lines that are not rows of peers: three above, four of the table itself, one of the other peers, three below, and the cursor's.</summary>
    private const int OtherLines = 12;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private readonly PeerBoard _board = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly TerminalRegion _region = new(environment.OutputText);
    private readonly IStopwatch _clock = environment.Scheduler.StartStopwatch();
    private readonly RateMeter _rate = new();
    private Task _drawing = Task.CompletedTask;

    public bool IsBlocked => false;

    public void Listening(UdpLink link) => _drawing = DrawAsync(link);

    public void Message(Message message) => _board.Add(message);

    public void Fault(in Fault fault)
    {
        // The statistics tell it.
    }

    public void Summary(ListenSummary summary)
    {
        Dispose();
        _drawing.GetAwaiter().GetResult();
        foreach (var line in SummaryText.Lines(summary))
        {
            environment.OutputText.WriteLine(line);
        }

        environment.OutputText.Flush();
    }

    public void Dispose() => _stop.Cancel();

    private async Task DrawAsync(UdpLink link)
    {
        while (!_stop.IsCancellationRequested)
        {
            Draw(link);
            try
            {
                await environment.Scheduler.WaitAsync(Interval, _stop.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                // The last drawing shows the end.
            }
        }

        Draw(link);
    }

    private void Draw(UdpLink link)
    {
        var size = environment.ReadTerminalSize();
        _region.Draw(Render(Compose(link, size), size), size);
    }

    private Rows Compose(UdpLink link, TerminalSize size)
    {
        var now = _clock.Elapsed;
        var statistics = link.GetStatistics();
        var peers = link.GetPeers().ToDictionary(peer => peer.Endpoint);

        // Those who fell silent make room for those who live.
        var rows = _board.Rows.OrderBy(row => Lives(row) ? 0 : 1).ToList();
        var shown = Math.Max(1, size.Rows - OtherLines);
        var table = new PeerTableLayout(size.Columns);
        for (var i = 0; i < rows.Count; i++)
        {
            // Those out of sight are looked at as well: their rate is right as soon as they come into it.
            var row = rows[i];
            var rate = row.Rate.Look(now, row.Messages);
            if (rows.Count >= PeerBoard.Maximum && !Lives(row))
            {
                _board.MayGiveWay(row);
            }

            if (i < shown)
            {
                table.Add(row, rate, peers.GetValueOrDefault(row.Peer));
            }
        }

        if (rows.Count > shown)
        {
            table.AddOthers(Math.Max(rows.Count, peers.Count) - shown, rows.Skip(shown).Sum(row => row.Messages) + _board.Others);
        }

        return new Rows(
            Line(SummaryText.Format($"listening on {link.LocalEndpoint} for {SummaryText.Time(now)}{State(statistics.State)}"), "bold"),
            Line(SummaryText.Format($"{SummaryText.Rate(_rate.Look(now, statistics.Ledger.Delivered))} messages/s, {statistics.Ledger.Delivered:N0} delivered, {SummaryText.Loss(statistics.Sequence)} lost, {SummaryText.Peers(peers.Values)}"), "default"),
            table.Build(),
            Line(SummaryText.Sequence(statistics.Sequence), "grey"),
            Line("faults: " + SummaryText.Faults(statistics.Faults), statistics.Faults.IsEmpty ? "grey" : "red"));

        bool Lives(PeerBoard.Row row) => peers.GetValueOrDefault(row.Peer)?.State is PeerState.Joined or PeerState.Alive;

        Markup Line(string text, string style) => new($"[{(environment.UseColor ? style : "default")}]{Markup.Escape(OneLine.From(text, size.Columns))}[/]");
    }

    /// <summary>A socket that works, or that was closed at the end, needs no word.</summary>
    private static string State(ConnectionState state) =>
        state is ConnectionState.Connected or ConnectionState.Closed ? "" : ", " + state.ToString().ToLowerInvariant();

    private string[] Render(IRenderable content, TerminalSize size)
    {
        using var text = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.Yes,
            ColorSystem = environment.UseColor ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(text),
        });
        (console.Profile.Width, console.Profile.Height) = (size.Columns, size.Rows);
        console.Write(content);
        var lines = text.ToString().ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');
        return lines.Length < size.Rows ? lines : lines[..Math.Max(1, size.Rows - 1)];
    }
}
