using Spectre.Console;
using Spectre.Console.Rendering;

namespace ReactiveLink.Tool.Listening;

/// <summary>
/// Rows of peers in as many columns as the terminal has room for: those that tell least go first, and the latest data takes what is left. No line is wider than the
/// terminal, but for one too narrow for a name.
/// </summary>
internal sealed class PeerTableLayout(int width)
{
    private const int ShortestData = 12;
    private const int LongestData = 60;
    private const int ShortestName = 8;

    /// <summary>A border and a blank on each side; the first border stands alone.</summary>
    private const int BorderAndPadding = 3;

    private const string Name = "peer";
    private const string Lost = "lost";

    private static readonly string[] Columns = [Name, "messages", "per s", Lost, "loss", "jitter", "late", "dup.", "restarts"];

    /// <summary>The columns that give way to the data.</summary>
    private static readonly string[] Details = ["restarts", "dup.", "late"];

    /// <summary>The columns in the order in which they go where there is no room for data.</summary>
    private static readonly string[] Dispensable = [.. Details, "messages", "loss", Lost, "jitter", "per s"];

    private readonly List<(string[] Cells, string Data)> _rows = [];

    public void Add(UdpEndpoint peer, long messages, double rate, SequenceStatistics? sequence, TimeSpan jitter, Message? latest) => _rows.Add((
        [
            peer.ToString(), SummaryText.Number(messages), SummaryText.Rate(rate), Number(sequence?.Lost), sequence is { } counts ? SummaryText.Loss(counts) : "-",
            sequence is null ? "-" : SummaryText.Jitter(jitter), Number(sequence?.Late), Number(sequence?.Duplicates), Number(sequence?.Restarts),
        ],
        Data(latest)));

    public void AddOthers(int peers, long messages) =>
        _rows.Add(([$"and {SummaryText.Number(peers)} more", SummaryText.Number(messages), .. Enumerable.Repeat("", Columns.Length - 2)], ""));

    public Table Build()
    {
        var widths = Enumerable.Range(0, Columns.Length).Select(column => _rows.Select(row => row.Cells[column].Length).Append(Columns[column].Length).Max()).ToArray();
        List<string> kept = [.. Columns];
        var data = DropUntil(Details, ShortestData + BorderAndPadding) - BorderAndPadding;
        var hasData = data >= ShortestData;
        if (!hasData)
        {
            kept = [.. Columns];
            DropUntil(Dispensable, 0);
        }

        var name = kept.Count == 1 ? Math.Max(ShortestName, width - BorderAndPadding - 1) : int.MaxValue;
        var table = new Table().Border(TableBorder.Rounded);
        foreach (var column in kept)
        {
            var added = new TableColumn(column).NoWrap();
            table.AddColumn(column == Name ? added : added.RightAligned());
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

        int DropUntil(string[] columns, int room)
        {
            for (var i = 0; Room() < room && i < columns.Length; i++)
            {
                kept.Remove(columns[i]);
            }

            return Room();
        }

        int Room() => width - 1 - kept.Sum(column => widths[Array.IndexOf(Columns, column)] + BorderAndPadding);

        static Text Cell(string column, string text) => new(text, column == Lost && text is not ("0" or "-" or "") ? new Style(Color.Yellow) : null);
    }

    /// <summary>Cut to so many places of a terminal; some characters take two.</summary>
    private static string Fit(string text, int places)
    {
        text = OneLine.From(text, places);
        while (new Segment(text).CellCount() > places)
        {
            text = OneLine.From(text, text.Length - 1);
        }

        return text;
    }

    private static string Number(long? value) => value is { } number ? SummaryText.Number(number) : "-";

    private static string Data(Message? message) => message switch
    {
        null => "",
        { DataFormat: DataFormat.Binary } => Convert.ToHexStringLower(message.Data.Span[..Math.Min(message.Data.Length, LongestData)]),
        _ => OneLine.From(message.DataAsText(), LongestData),
    };
}
