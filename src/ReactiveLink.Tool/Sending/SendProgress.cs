using System.Reactive.Concurrency;
using ReactiveLink.Tool.Listening;

namespace ReactiveLink.Tool.Sending;

/// <summary>How far a long sending has come, on stderr: on a terminal one line that is written over each second, else a line every ten.</summary>
internal sealed class SendProgress : IDisposable
{
    private static readonly TimeSpan OnTerminal = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Otherwise = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly ToolEnvironment _environment;
    private readonly UdpLink _link;
    private readonly IStopwatch _clock;
    private readonly IDisposable _timer;
    private bool _shown;
    private bool _disposed;

    public SendProgress(ToolEnvironment environment, UdpLink link)
    {
        _environment = environment;
        _link = link;
        _clock = environment.Scheduler.StartStopwatch();
        _timer = environment.Scheduler.SchedulePeriodic(environment.ErrorIsTerminal ? OnTerminal : Otherwise, Show);
    }

    /// <summary>Ends it; what is shown on a terminal is wiped, so that the summary stands alone.</summary>
    public void Dispose()
    {
        _timer.Dispose();
        lock (_gate)
        {
            _disposed = true;
            if (_shown && _environment.ErrorIsTerminal)
            {
                Write("\r\e[K");
            }
        }
    }

    private void Show()
    {
        var statistics = _link.GetStatistics();
        var text = SummaryText.Format(
            $"{statistics.MessagesSent:N0} sent, {statistics.MessagesSent / Math.Max(_clock.Elapsed.TotalSeconds, 1e-3):N0}/s");
        lock (_gate)
        {
            if (!_disposed)
            {
                _shown = true;
                Write(_environment.ErrorIsTerminal ? $"\r{text}\e[K" : text + Environment.NewLine);
            }
        }
    }

    private void Write(string text)
    {
        try
        {
            _environment.Error.Write(text);
            _environment.Error.Flush();
        }
        catch (IOException)
        {
            // Nobody reads stderr; the sending goes on.
        }
    }
}
