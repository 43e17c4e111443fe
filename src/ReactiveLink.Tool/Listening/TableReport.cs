using System.Reactive.Concurrency;
using Spectre.Console;

namespace ReactiveLink.Tool.Listening;

/// <summary>A table on a terminal, drawn anew four times a second: a row a peer, the sums below. At the end it stays, with the summary under it.</summary>
internal sealed class TableReport : IListenReport
{
    /// <summary>Rows that are drawn; a terminal has no more room.</summary>
    private const int MaximumRows = 16;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private readonly PeerBoard _board = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly IAnsiConsole _console;
    private readonly IScheduler _scheduler;
    private readonly IStopwatch _clock;
    private TimeSpan _drawn;
    private Task _drawing = Task.CompletedTask;

    public TableReport(ToolEnvironment environment)
    {
        _scheduler = environment.Scheduler;
        _clock = _scheduler.StartStopwatch();
        _console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.Yes,
            ColorSystem = environment.UseColor ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(environment.OutputText),
        });
    }

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
            _console.WriteLine(line);
        }
    }

    public void Dispose() => _stop.Cancel();

    private Task DrawAsync(UdpLink link) => _console.Live(Draw(link)).StartAsync(async context =>
    {
        while (!_stop.IsCancellationRequested)
        {
            context.UpdateTarget(Draw(link));
            try
            {
                await _scheduler.WaitAsync(Interval, _stop.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                // The last drawing shows the end.
            }
        }

        context.UpdateTarget(Draw(link));
    });

    private Table Draw(UdpLink link)
    {
        var now = _clock.Elapsed;
        var seconds = Math.Max((now - _drawn).TotalSeconds, 1e-3);
        _drawn = now;
        var sequences = link.GetPeers().ToDictionary(peer => peer.Endpoint);
        var statistics = link.GetStatistics();
        var rows = _board.Rows;
        var table = new PeerTableLayout(_console.Profile.Width);
        foreach (var row in rows.Take(MaximumRows))
        {
            table.Add(row, sequences.GetValueOrDefault(row.Peer), seconds);
        }

        if (rows.Count > MaximumRows)
        {
            table.AddOthers(rows.Count - MaximumRows, rows.Skip(MaximumRows).Sum(row => row.Messages) + _board.Others);
        }

        var faults = statistics.Faults.IsEmpty ? "no faults" : $"[red]faults: {SummaryText.Faults(statistics.Faults)}[/]";
        return table.Build()
            .Title(Markup.Escape($"listening on {link.LocalEndpoint}"))
            .Caption($"delivered {SummaryText.Number(statistics.Ledger.Delivered)}\n{SummaryText.Sequence(statistics.Sequence)}\n{faults}");
    }
}
