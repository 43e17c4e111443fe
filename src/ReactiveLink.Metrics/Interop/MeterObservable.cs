using System.Diagnostics.Metrics;
using System.Reactive.Concurrency;
using ReactiveLink.Metrics.Interop;

namespace ReactiveLink.Metrics;

/// <summary>Instruments of System.Diagnostics.Metrics, the runtime's own too, as streams.</summary>
public static class MeterObservable
{
    /// <summary>Every measurement of a meter's instruments, those that come later too. Each subscription has its own listener.</summary>
    /// <param name="meterName">The meter's name, for example <c>System.Runtime</c> or <c>ReactiveLink</c>.</param>
    /// <param name="interval">How often observable instruments are read: 10 ms to 24 days; 1 s if left out.</param>
    /// <param name="scheduler">Where they are read and time comes from; Rx's default scheduler if left out.</param>
    /// <param name="capacity">Measurements that wait for a slow observer; beyond, it misses the newest. 1024 if left out.</param>
    /// <returns>The stream.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="interval"/> or <paramref name="capacity"/> is out of range.</exception>
    public static IObservable<MeterMeasurement> FromMeter(string meterName, TimeSpan? interval = null, IScheduler? scheduler = null, int capacity = 1024)
    {
        ArgumentNullException.ThrowIfNull(meterName);
        return FromInstruments(instrument => string.Equals(instrument.Meter.Name, meterName, StringComparison.Ordinal), interval, scheduler, capacity);
    }

    /// <summary>
    /// Every measurement of the instruments that a predicate chooses.
    /// <list type="table">
    /// <listheader><term>input</term><description>output</description></listheader>
    /// <item><term>a measurement</term><description>a <see cref="MeterMeasurement"/>, on the thread that recorded it unless another is delivering</description></item>
    /// <item><term>an interval has passed</term><description>the observable instruments' measurements, on the scheduler; ticks that fall into a reading (a slow callback or observer) are left out</description></item>
    /// <item><term>tags that are too many, too long or doubled</term><description>the first <see cref="MetricTags.MaximumCount"/>, cut, the last value of a key</description></item>
    /// <item><term>the predicate throws</term><description>OnError</description></item>
    /// <item><term>the callback of an observable instrument throws</term><description>its measurements are missing in that reading; the others and the stream go on</description></item>
    /// <item><term>the observer is slow</term><description>it misses the newest, beyond the capacity; <see cref="MeterMeasurement.Missed"/> of the next tells how many so far</description></item>
    /// <item><term>the observer throws</term><description>it loses its subscription; the code that records does not notice</description></item>
    /// <item><term>the scheduler throws</term><description>OnError, after the measurements that wait; the code that records does not notice</description></item>
    /// <item><term>the meter is disposed</term><description>nothing more comes of its instruments; a later one of the same name is listened to again</description></item>
    /// </list>
    /// The stream is cold, and never completes.
    /// </summary>
    /// <param name="chosen">Whether to listen to an instrument. Called once for each, under no lock of ours.</param>
    /// <param name="interval">How often observable instruments are read: 10 ms to 24 days; 1 s if left out.</param>
    /// <param name="scheduler">Where they are read and time comes from; Rx's default scheduler if left out.</param>
    /// <param name="capacity">Measurements that wait for a slow observer; beyond, it misses the newest. 1024 if left out.</param>
    /// <returns>The stream.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="interval"/> or <paramref name="capacity"/> is out of range.</exception>
    public static IObservable<MeterMeasurement> FromInstruments(
        Func<Instrument, bool> chosen, TimeSpan? interval = null, IScheduler? scheduler = null, int capacity = 1024)
    {
        ArgumentNullException.ThrowIfNull(chosen);
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        var every = interval ?? TimeSpan.FromSeconds(1);
        if (every < TimeSpan.FromMilliseconds(10) || every > TimeSpan.FromDays(24))
        {
            throw new ArgumentOutOfRangeException(nameof(interval), interval, "Give an interval from 10 ms to 24 days.");
        }

        return new MeterStream(chosen, every, scheduler ?? DefaultScheduler.Instance, capacity);
    }
}
