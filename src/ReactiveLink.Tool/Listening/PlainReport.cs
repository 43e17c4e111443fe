using System.Reactive.Concurrency;
using System.Text;
using ReactiveLink.Tool.Output;

namespace ReactiveLink.Tool.Listening;

/// <summary>A line of text a second, for people who read a log.</summary>
internal sealed class PlainReport(OutputQueue output, IScheduler scheduler) : IListenReport
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly IStopwatch _clock = scheduler.StartStopwatch();
    private IDisposable? _timer;
    private long _lastDelivered;
    private TimeSpan _lastTime;

    public bool IsBlocked => output.IsBlocked;

    public void Listening(UdpLink link)
    {
        Write($"listening on {link.LocalEndpoint}");
        _timer = scheduler.SchedulePeriodic(Interval, () => Tick(link));
    }

    public void Message(Message message)
    {
        // The statistics tell it.
    }

    public void Fault(in Fault fault)
    {
        // The statistics tell it.
    }

    public void Summary(ListenSummary summary)
    {
        Dispose();
        foreach (var line in SummaryText.Lines(summary))
        {
            Write(line);
        }
    }

    public void Dispose() => _timer?.Dispose();

    private void Tick(UdpLink link)
    {
        var statistics = link.GetStatistics();
        var now = _clock.Elapsed;
        var rate = (statistics.Ledger.Delivered - _lastDelivered) / Math.Max((now - _lastTime).TotalSeconds, 1e-3);
        (_lastDelivered, _lastTime) = (statistics.Ledger.Delivered, now);
        var peers = link.GetPeers();
        var jitter = SummaryText.Jitter(peers.Select(peer => peer.Jitter).DefaultIfEmpty().Max());
        Write(SummaryText.Format(
            $"{SummaryText.Time(now)}  {rate:N0}/s  delivered {statistics.Ledger.Delivered:N0}: {SummaryText.Sequence(statistics.Sequence)}; {SummaryText.Loss(statistics.Sequence)} lost, jitter at most {jitter}; {SummaryText.Peers(peers)}; faults: {SummaryText.Faults(statistics.Faults)}"));
    }

    private void Write(string line) => output.Append(Encoding.UTF8.GetBytes(line + "\n"));
}
