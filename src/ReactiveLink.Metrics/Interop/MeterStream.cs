using System.Diagnostics.Metrics;
using System.Globalization;
using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using ReactiveLink.Metrics.Registry;

namespace ReactiveLink.Metrics.Interop;

/// <summary>The stream of <see cref="MeterObservable"/>.</summary>
internal sealed class MeterStream(Func<Instrument, bool> chosen, TimeSpan every, IScheduler scheduler, int capacity) : IObservable<MeterMeasurement>
{
    public IDisposable Subscribe(IObserver<MeterMeasurement> observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        var sink = new Sink(chosen, every, scheduler, capacity);
        sink.Run(observer);
        return sink;
    }

    private sealed class Sink : IDisposable
    {
        private readonly Func<Instrument, bool> _chosen;
        private readonly TimeSpan _every;
        private readonly IScheduler _scheduler;
        private readonly MetricHub<MeterMeasurement> _hub;
        private readonly MeterListener _listener = new();
        private readonly MultipleAssignmentDisposable _timer = new();
        private IStopwatch? _watch;
        private long _tick;
        private volatile bool _isDisposed;

        public Sink(Func<Instrument, bool> chosen, TimeSpan every, IScheduler scheduler, int capacity)
        {
            _chosen = chosen;
            _every = every;
            _scheduler = scheduler;
            _hub = new MetricHub<MeterMeasurement>(capacity, _ => Stop());
        }

        public void Run(IObserver<MeterMeasurement> observer)
        {
            _hub.Subscribe(new Output(this, observer));
            _listener.InstrumentPublished = Published;
            _listener.SetMeasurementEventCallback<byte>((instrument, value, tags, _) => Take(instrument, value, tags));
            _listener.SetMeasurementEventCallback<short>((instrument, value, tags, _) => Take(instrument, value, tags));
            _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Take(instrument, value, tags));
            _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Take(instrument, value, tags));
            _listener.SetMeasurementEventCallback<float>((instrument, value, tags, _) => Take(instrument, value, tags));
            _listener.SetMeasurementEventCallback<double>(Take);
            _listener.SetMeasurementEventCallback<decimal>((instrument, value, tags, _) => Take(instrument, (double)value, tags));
            _listener.Start();
            Arm();
        }

        public void Dispose()
        {
            _isDisposed = true;
            Stop();
        }

        private void Stop()
        {
            _timer.Dispose();
            _listener.Dispose();
        }

        /// <summary>Ends the stream, after what waits; the first failure counts. Nothing of it reaches the code that records.</summary>
        private void Fail(Exception exception)
        {
            Stop();
            _hub.Complete(exception);
        }

        private void Published(Instrument instrument, MeterListener listener)
        {
            try
            {
                if (!_timer.IsDisposed && _chosen(instrument))
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            }
            catch (Exception exception)
            {
                Fail(exception);
            }
        }

        private void Take(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state = null)
        {
            if (_timer.IsDisposed)
            {
                return;
            }

            DateTimeOffset now;
            try
            {
                now = _scheduler.Now;
            }
            catch (Exception exception)
            {
                Fail(exception);
                return;
            }

            _hub.OnNext(new MeterMeasurement(instrument, value, Convert(tags), now, Missed: 0));
        }

        /// <summary>Tags come from anyone: whatever they are, they must not throw into the code that records.</summary>
        private static MetricTags Convert(ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            if (tags.IsEmpty)
            {
                return MetricTags.None;
            }

            var kept = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var (key, value) in tags)
            {
                if (!string.IsNullOrEmpty(key) && (kept.Count < MetricTags.MaximumCount || kept.ContainsKey(Cut(key, MetricTags.MaximumKeyLength))))
                {
                    kept[Cut(key, MetricTags.MaximumKeyLength)] = Cut(Text(value), MetricTags.MaximumValueLength);
                }
            }

            return MetricTags.Of(kept);
        }

        private static string Text(object? value)
        {
            try
            {
                return System.Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
            }
            catch (Exception)
            {
                // A value whose ToString throws.
                return "";
            }
        }

        private static string Cut(string text, int length) => text.Length <= length ? text : text[..length];

        private void Arm()
        {
            if (_timer.IsDisposed)
            {
                return;
            }

            // The timer may come, and set the next, before the call that set it has returned.
            var timer = new SingleAssignmentDisposable();
            _timer.Disposable = timer;
            try
            {
                _watch ??= _scheduler.StartStopwatch();
                var now = _watch.Elapsed.Ticks;
                _tick = Math.Max(_tick, now / _every.Ticks) + 1;
                timer.Disposable = _scheduler.Schedule(this, TimeSpan.FromTicks((_tick * _every.Ticks) - now), static (_, self) =>
                {
                    self.Tick();
                    return Disposable.Empty;
                });
            }
            catch (Exception exception)
            {
                Fail(exception);
            }
        }

        private void Tick()
        {
            if (_timer.IsDisposed)
            {
                return;
            }

            try
            {
                _listener.RecordObservableInstruments();
            }
            catch (AggregateException)
            {
                // Callbacks of instruments threw; the listener has read all the others.
            }

            // Not before: a reading that hangs must not be joined by another one.
            Arm();
        }

        private sealed class Output(Sink sink, IObserver<MeterMeasurement> observer) : IObserver<MeterMeasurement>
        {
            public void OnNext(MeterMeasurement value)
            {
                if (!sink._isDisposed)
                {
                    observer.OnNext(value with { Missed = sink._hub.Missed });
                }
            }

            public void OnError(Exception error)
            {
                if (!sink._isDisposed)
                {
                    observer.OnError(error);
                }
            }

            /// <summary>Meters come and go; there is no end but a failure.</summary>
            public void OnCompleted()
            {
                // Never called.
            }
        }
    }
}
