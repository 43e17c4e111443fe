namespace ReactiveLink.Metrics;

/// <summary>A measurement that runs: its disposal records the duration.</summary>
public readonly struct TimerMeasurement : IDisposable
{
    private readonly Timer? _timer;
    private readonly long _start;

    internal TimerMeasurement(Timer timer, long start)
    {
        _timer = timer;
        _start = start;
    }

    /// <summary>Records the time since the start.</summary>
    public void Dispose() => _timer?.RecordSince(_start);
}
