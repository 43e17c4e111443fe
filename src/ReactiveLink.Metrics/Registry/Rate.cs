using ReactiveLink.Metrics.Registry;

namespace ReactiveLink.Metrics;

/// <summary>How wide a counter is whose readings a <see cref="Rate"/> takes.</summary>
public enum CounterWidth
{
    /// <summary>32 bits: wraps at 2^32.</summary>
    Bits32 = 32,

    /// <summary>64 bits: wraps at 2^64.</summary>
    Bits64 = 64,
}

/// <summary>
/// Something per second, from increments or from readings of a counter that wraps or starts again. Its value is the sum of the increments of the last
/// <see cref="Window"/>, or of the time since the rate was registered or reset if that is shorter, per second of it.
/// </summary>
/// <remarks>
/// A reading below the last one is a wrap if the last was in the highest quarter of the counter's range and the new one is in the lowest: the increment goes through
/// zero. Otherwise the source began anew: the reading is the increment, and <see cref="MetricStatistics.Resets"/> counts.
/// </remarks>
public sealed class Rate : Metric
{
    private readonly Lock _observing = new();
    private readonly ulong _largest;
    private ulong _reading;
    private bool _hasReading;
    private long _since;

    internal Rate(MetricRegistry registry, MetricKey key, MetricDetails details, CounterWidth width, TimeSpan window)
        : base(registry, key, details)
    {
        Width = width;
        Window = window;
        _largest = width == CounterWidth.Bits32 ? uint.MaxValue : ulong.MaxValue;
        _since = Recorder.Clock.Ticks;
    }

    /// <inheritdoc/>
    public override MetricType Type => MetricType.Rate;

    /// <summary>The width of the counter that is read.</summary>
    public CounterWidth Width { get; }

    /// <summary>The time that the value is over. Default: 60 s, or the retention if that is shorter.</summary>
    public TimeSpan Window { get; }

    /// <summary>Per second; 0 when nothing came.</summary>
    public override double Value
    {
        get
        {
            var lived = TimeSpan.FromTicks(Recorder.Clock.Ticks - Interlocked.Read(ref _since));
            var length = lived < Window ? lived : Window;
            var sum = Aggregate(Aggregation.Sum, Window);
            return length > TimeSpan.Zero ? sum / length.TotalSeconds : 0;
        }
    }

    /// <summary>Takes an increment.</summary>
    /// <param name="value">How many: finite, 0 or more.</param>
    /// <returns>Whether it was taken; what is refused is counted.</returns>
    public bool Add(double value = 1)
    {
        if (value >= 0 && value <= double.MaxValue)
        {
            Take(value);
            return true;
        }

        return Refuse(value);
    }

    /// <summary>Takes the reading of a counter. The first is the base and no increment.</summary>
    /// <param name="reading">The reading; of a counter of 32 bits the higher bits are left out.</param>
    public void Observe(ulong reading)
    {
        reading &= _largest;
        ulong increment;
        var reset = false;
        lock (_observing)
        {
            if (!_hasReading)
            {
                _hasReading = true;
                _reading = reading;
                return;
            }

            if (reading >= _reading)
            {
                increment = reading - _reading;
            }
            else
            {
                reset = !(_reading > _largest - (_largest / 4) && reading < _largest / 4);
                increment = reset ? reading : (reading - _reading) & _largest;
            }

            _reading = reading;
        }

        if (reset)
        {
            CountReset();
        }

        Take(increment);
    }

    internal override bool TryRecord(double value) => Add(value);

    private protected override void ResetValue()
    {
        Interlocked.Exchange(ref _since, Recorder.Clock.Ticks);
        lock (_observing)
        {
            _hasReading = false;
        }
    }
}
