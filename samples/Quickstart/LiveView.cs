using System.Globalization;
using System.Reactive.Linq;
using ReactiveLink;
using Spectre.Console;

namespace Quickstart;

/// <summary>A table that updates in place on a terminal, plain lines otherwise.</summary>
internal sealed class LiveView : IDisposable
{
    private readonly Lock _gate = new();
    private readonly bool _terminal = AnsiConsole.Profile.Capabilities.Ansi && !Console.IsOutputRedirected;
    private readonly IDisposable _ticks;
    private Attitude? _attitude;
    private Fault? _fault;
    private bool _alert;
    private bool _drawn;
    private int _lines;

    public LiveView(UdpLink link)
    {
        Console.WriteLine($"A plant sends to {link.LocalEndpoint}, through a network that loses, reorders, doubles and corrupts.");
        _ticks = link.Statistics.Sample(TimeSpan.FromSeconds(_terminal ? 0.2 : 1)).Subscribe(Draw);
    }

    public void Show(Attitude attitude, Verdict? verdict) => _attitude = attitude;

    public void Show(Fault fault) => _fault = fault;

    public void Alert(bool firing)
    {
        if (_alert != firing)
        {
            _alert = firing;
            Print(firing ? "ALERT  the plant leans over 30 degrees" : "ALERT  is over");
        }
    }

    public bool Verify(Truth truth, LinkStatistics seen)
    {
        _ticks.Dispose();
        (string Name, long Truth, long Seen)[] rows =
        [
            ("datagrams received", truth.OnTheWire, seen.Ledger.Received),
            ("corrupt (crc-mismatch)", truth.Corrupted, seen.CountOf(FaultReason.CrcMismatch)),
            ("in order", truth.InOrder, seen.Sequence.InOrder),
            ("after a gap", truth.Gaps, seen.Sequence.Gaps),
            ("duplicates", truth.Duplicates, seen.Sequence.Duplicates),
            ("late", truth.Late, seen.Sequence.Late),
            ("lost", truth.Lost, seen.Sequence.Lost),
            ("unexplained", 0, seen.Ledger.Unexplained),
        ];
        Print(FormattableString.Invariant($"{"",-24}{"injected",10}{"seen",10}"));
        foreach (var (name, injected, got) in rows)
        {
            Print(FormattableString.Invariant($"{name,-24}{injected,10}{got,10}{(injected == got ? "" : "   WRONG")}"));
        }

        var agree = rows.All(row => row.Truth == row.Seen);
        Print(agree ? "Every verdict is right, and every datagram is accounted for." : "The receiver is wrong.");
        return agree;
    }

    public void Dispose() => _ticks.Dispose();

    private void Draw(LinkStatistics now)
    {
        var attitude = _attitude;
        var roll = attitude is null ? "-" : attitude.Roll.ToString("F1", CultureInfo.InvariantCulture);
        if (!_terminal)
        {
            Print(FormattableString.Invariant(
                $"roll {roll,6}  received {now.Ledger.Received,5}  in order {now.Sequence.InOrder,5}  gaps {now.Sequence.Gaps,3}  lost {now.Sequence.Lost,3}  duplicates {now.Sequence.Duplicates,3}  late {now.Sequence.Late,3}  corrupt {now.CountOf(FaultReason.CrcMismatch),3}"));
            return;
        }

        var table = new Table().Border(TableBorder.Rounded).AddColumn("what").AddColumn(new TableColumn("value").RightAligned());
        void Row(string name, object value) => table.AddRow(name, Markup.Escape(string.Format(CultureInfo.InvariantCulture, "{0}", value)));
        Row("roll", roll);
        Row("received", now.Ledger.Received);
        Row("in order", now.Sequence.InOrder);
        Row("gaps", now.Sequence.Gaps);
        Row("lost", now.Sequence.Lost);
        Row("duplicates", now.Sequence.Duplicates);
        Row("late", now.Sequence.Late);
        Row("corrupt", now.CountOf(FaultReason.CrcMismatch));
        Row("last fault", _fault is { } fault ? fault.Reason.ToName() : "-");
        Row("alert", _alert ? "FIRING" : "-");
        lock (_gate)
        {
            if (_drawn)
            {
                AnsiConsole.Cursor.MoveUp(_lines);
            }

            AnsiConsole.Write(table);
            _drawn = true;
            _lines = table.Rows.Count + 4;
        }
    }

    private void Print(string line)
    {
        lock (_gate)
        {
            Console.WriteLine(line);
            _drawn = false;
        }
    }
}
