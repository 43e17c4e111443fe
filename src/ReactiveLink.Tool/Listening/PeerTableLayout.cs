using System.Globalization;
using Spectre.Console;

namespace ReactiveLink.Tool.Listening;

/// <summary>Rows of peers in as many columns as the terminal has room for; the latest data takes what is left.</summary>
internal sealed class PeerTableLayout(int width)
{
    /// <summary>Below this the details of sequencing are left to the sums.</summary>
    private const int WideEnough = 110;

    private const int ShortestData = 8;
    private const int LongestData = 60;
    private const int BorderAndPadding = 3;

    private readonly string[] _columns = width >= WideEnough
        ? ["peer", "messages", "per s", "lost", "late", "dup.", "restarts", "jitter"]
        : ["peer", "messages", "per s", "lost"];

    private readonly List<(string[] Cells, string Data)> _rows = [];

    public void Add(PeerBoard.Row row, PeerStatistics? peer, double seconds)
    {
        var messages = row.Messages;
        var rate = (messages - row.Drawn) / seconds;
        row.Drawn = messages;
        string[] cells = [row.Peer.ToString(), SummaryText.Number(messages), rate.ToString("N0", CultureInfo.InvariantCulture), .. Sequence(peer)];
        _rows.Add((cells[.._columns.Length], Data(row.Latest)));
    }

    public void AddOthers(int peers, long messages) =>
        _rows.Add(([$"{SummaryText.Number(peers)} more", SummaryText.Number(messages), .. Enumerable.Repeat("", _columns.Length - 2)], ""));

    public Table Build()
    {
        var table = new Table().Border(TableBorder.Rounded);
        var taken = BorderAndPadding + 1;
        for (var i = 0; i < _columns.Length; i++)
        {
            var column = i;
            taken += BorderAndPadding + _rows.Select(row => row.Cells[column].Length).Append(_columns[i].Length).Max();
            var added = new TableColumn(_columns[i]).NoWrap();
            table.AddColumn(i == 0 ? added : added.RightAligned());
        }

        table.AddColumn(new TableColumn("latest data").NoWrap());
        var dataLength = Math.Clamp(width - taken, ShortestData, LongestData);
        foreach (var (cells, data) in _rows)
        {
            table.AddRow([.. cells.Select(Colored), Markup.Escape(OneLine.From(data, dataLength))]);
        }

        return table;

        string Colored(string text, int index)
        {
            var escaped = Markup.Escape(text);
            return _columns[index] == "lost" && text is not ("0" or "-" or "") ? $"[yellow]{escaped}[/]" : escaped;
        }
    }

    private static IEnumerable<string> Sequence(PeerStatistics? peer)
    {
        if (peer is null)
        {
            return Enumerable.Repeat("-", 5);
        }

        var counts = peer.Sequence;
        return
        [
            SummaryText.Number(counts.Lost), SummaryText.Number(counts.Late), SummaryText.Number(counts.Duplicates),
            SummaryText.Number(counts.Restarts), Jitter(peer.Jitter),
        ];
    }

    private static string Jitter(TimeSpan jitter) => jitter.TotalSeconds switch
    {
        < 1 => jitter.TotalMilliseconds.ToString("0.00 ms", CultureInfo.InvariantCulture),
        < 1000 => jitter.TotalSeconds.ToString("0.0 s", CultureInfo.InvariantCulture),
        _ => "> 1000 s",
    };

    private static string Data(Message? message) => message switch
    {
        null => "",
        { DataFormat: DataFormat.Binary } => Convert.ToHexStringLower(message.Data.Span[..Math.Min(message.Data.Length, LongestData)]),
        _ => message.DataAsText(),
    };
}
