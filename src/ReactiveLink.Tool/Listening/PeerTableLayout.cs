using Spectre.Console;
using Spectre.Console.Rendering;

namespace ReactiveLink.Tool.Listening;

/// <summary>
/// Rows of peers in as many columns as the terminal has room for: those that tell least go first, and the latest data takes what is left. No line is wider than the
/// terminal, but for one too narrow for a name.
/// </summary>
internal sealed class PeerTableLayout(int width)
{
    private const int ShortestData = 14;
    private const int LongestData = 60;
    private const int ShortestName = 8;
    private const int LongestSource = 20;

    /// <summary>A border and a blank on each side; the first border stands alone.</summary>
    private const int BorderAndPadding = 3;

    private const string Name = "peer";
    private const string Lost = "lost";
    private const string Silent = "silent";
    private const string Gone = "gone";

    private const string Source = "source";
    private const string State = "state";

    private static readonly string[] Columns = [Name, Source, State, "messages", "per s", Lost, "loss", "jitter", "late", "dup.", "restarts"];

    /// <summary>The columns that give way to the data.</summary>
    private static readonly string[] Details = ["restarts", "dup.", "late", "messages"];

    /// <summary>The columns in the order in which they go where there is no room for data.</summary>
    private static readonly string[] Dispensable = [.. Details, "loss", Source, Lost, "jitter", State, "per s"];

    private readonly List<(string[] Cells, string Data)> _rows = [];

    /// <summary>A row.</summary>
    /// <param name="row">What the peer's messages say.</param>
    /// <param name="rate">Messages a second.</param>
    /// <param name="peer">What the link knows of it; null when it has forgotten it.</param>
    public void Add(PeerBoard.Row row, double rate, PeerStatistics? peer) => _rows.Add((
        [
            row.Peer.ToString(), Fit(peer?.Source ?? "-", LongestSource), StateOf(peer), SummaryText.Number(row.Messages), SummaryText.Rate(rate),
            .. peer is null ? Enumerable.Repeat("-", 6) : Sequence(peer.Sequence, peer.Jitter),
        ],
        row.Latest?.ToText(LongestData) ?? ""));

    public void AddOthers(int peers, long messages) =>
        _rows.Add(([$"and {SummaryText.Number(peers)} more", "", "", SummaryText.Number(messages), .. Enumerable.Repeat("", Columns.Length - 4)], ""));

    public Table Build()
    {
        var widths = Enumerable.Range(0, Columns.Length).Select(column => _rows.Select(row => Places(row.Cells[column])).Append(Columns[column].Length).Max()).ToArray();
        string[] columns = [.. Columns.Where(column => column != Source || _rows.Exists(row => row.Cells[1] is not ("-" or "")))];
        List<string> kept = [.. columns];
        var data = DropUntil(Details, ShortestData + BorderAndPadding) - BorderAndPadding;
        var hasData = data >= ShortestData;
        if (!hasData)
        {
            kept = [.. columns];
            DropUntil(Dispensable, 0);
        }

        var name = kept.Count == 1 ? Math.Max(ShortestName, width - BorderAndPadding - 1) : int.MaxValue;
        var table = new Table().Border(TableBorder.Rounded);
        foreach (var column in kept)
        {
            var added = new TableColumn(column).NoWrap();
            table.AddColumn(column is Name or Source or State ? added : added.RightAligned());
        }

        if (hasData)
        {
            table.AddColumn(new TableColumn("latest data").NoWrap());
        }

        foreach (var row in _rows)
        {
            var cells = kept.Select(column => Cell(column, OneLine.From(row.Cells[Array.IndexOf(Columns, column)], name)));
            table.AddRow(hasData ? cells.Append(new Text(Fit(row.Data, Math.Min(data, LongestData)))) : cells);
        }

        return table;

        int DropUntil(string[] dispensable, int room)
        {
            for (var i = 0; Room() < room && i < dispensable.Length; i++)
            {
                kept.Remove(dispensable[i]);
            }

            return Room();
        }

        int Room() => width - 1 - kept.Sum(column => widths[Array.IndexOf(Columns, column)] + BorderAndPadding);

        static Text Cell(string column, string text) => new(text, IsRemarkable(column, text) ? new Style(Color.Yellow) : null);
    }

    /// <summary>Cut to so many places of a terminal; some characters take two.</summary>
    private static string Fit(string text, int places)
    {
        text = OneLine.From(text, places);
        while (Places(text) > places)
        {
            text = OneLine.From(text, text.Length - 1);
        }

        return text;
    }

    private static int Places(string text) => new Segment(text).CellCount();

    private static bool IsRemarkable(string column, string text) => column switch
    {
        Lost => text is not ("0" or "-" or ""),
        State => text.StartsWith(Silent, StringComparison.Ordinal) || text == Gone,
        _ => false,
    };

    private static string StateOf(PeerStatistics? peer) => peer switch
    {
        null => Gone,
        { State: PeerState.Silent, SilentFor: var time } => $"{Silent} {SummaryText.Age(time)}",
        { State: var state } => state.ToString().ToLowerInvariant(),
    };

    private static string[] Sequence(in SequenceStatistics counts, TimeSpan jitter) =>
    [
        SummaryText.Number(counts.Lost), SummaryText.Loss(counts), SummaryText.Jitter(jitter),
        SummaryText.Number(counts.Late), SummaryText.Number(counts.Duplicates), SummaryText.Number(counts.Restarts),
    ];
}
