using ReactiveLink.Metrics.Registry;

namespace ReactiveLink.Metrics;

/// <summary>Goes up and down. Its value is the last one set; its windows are over the values set.</summary>
public sealed class Gauge : Metric
{
    private double _value = double.NaN;

    internal Gauge(MetricRegistry registry, MetricKey key, MetricDetails details)
        : base(registry, key, details)
    {
    }

    /// <inheritdoc/>
    public override MetricType Type => MetricType.Gauge;

    /// <summary>The value set last; NaN before the first.</summary>
    public override double Value => Volatile.Read(ref _value);

    /// <summary>Sets the value.</summary>
    /// <param name="value">The value: finite.</param>
    /// <returns>Whether it was taken; what is refused is counted.</returns>
    public bool Set(double value)
    {
        if (!double.IsFinite(value))
        {
            return Refuse(value);
        }

        Volatile.Write(ref _value, value);
        Take(value);
        return true;
    }

    /// <summary>Changes the value, from 0 if none was set. Exact whatever other threads do.</summary>
    /// <param name="difference">By how much: finite, as must be the result.</param>
    /// <returns>Whether it was taken; what is refused is counted.</returns>
    public bool Add(double difference)
    {
        while (true)
        {
            var before = Volatile.Read(ref _value);
            var value = (double.IsNaN(before) ? 0 : before) + difference;
            if (!double.IsFinite(value))
            {
                return Refuse(value);
            }

            // By bits, as the comparison of doubles never finds a NaN again.
            if (Interlocked.CompareExchange(ref System.Runtime.CompilerServices.Unsafe.As<double, long>(ref _value), BitConverter.DoubleToInt64Bits(value), BitConverter.DoubleToInt64Bits(before)) == BitConverter.DoubleToInt64Bits(before))
            {
                Take(value);
                return true;
            }
        }
    }

    internal override bool TryRecord(double value) => Set(value);

    private protected override void ResetValue() => Volatile.Write(ref _value, double.NaN);
}
