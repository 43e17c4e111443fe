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
        private readonly MetricHub<(MeterMeasurement Measurement, Exception? Error)> _hub;
        private readonly MeterListener _listener = new();
        private readonly MultipleAssignmentDisposable _timer = new();
        private readonly IStopwatch _watch;
        private long _tick;

        public Sink(Func<Instrument, bool> chosen, TimeSpan every, IScheduler scheduler, int capacity)
        {
            _chosen = chosen;
            _every = every;
            _scheduler = scheduler;
            _watch = scheduler.StartStopwatch();
            _hub = new MetricHub<(MeterMeasurement, Exception?)>(capacity, _ => Dispose());
        }

        public void Run(IObserver<MeterMeasurement> observer)
        {
            _hub.Subscribe(new Unwrap(this, observer));
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
            _timer.Dispose();
            _listener.Dispose();
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
                _hub.OnNext((default, exception));
            }
        }

        private void Take(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state = null)
        {
            if (!_timer.IsDisposed)
            {
                _hub.OnNext((new MeterMeasurement(instrument, value, Convert(tags), _scheduler.Now), null));
            }
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

            var now = _watch.Elapsed.Ticks;
            _tick = Math.Max(_tick, now / _every.Ticks) + 1;
            _timer.Disposable = _scheduler.Schedule(this, TimeSpan.FromTicks((_tick * _every.Ticks) - now), static (_, self) =>
            {
                self.Tick();
                return Disposable.Empty;
            });
        }

        private void Tick()
        {
            if (_timer.IsDisposed)
            {
                return;
            }

            Arm();
            try
            {
                _listener.RecordObservableInstruments();
            }
            catch (AggregateException)
            {
                // Callbacks of instruments threw; the listener has read all the others.
            }
        }

        private sealed class Unwrap(Sink sink, IObserver<MeterMeasurement> observer) : IObserver<(MeterMeasurement Measurement, Exception? Error)>
        {
            private bool _ended;

            public void OnNext((MeterMeasurement Measurement, Exception? Error) value)
            {
                if (_ended || sink._timer.IsDisposed)
                {
                    return;
                }

                if (value.Error is null)
                {
                    observer.OnNext(value.Measurement);
                    return;
                }

                _ended = true;
                sink.Dispose();
                observer.OnError(value.Error);
            }

            public void OnError(Exception error) => observer.OnError(error);

            public void OnCompleted() => observer.OnCompleted();
        }
    }
}
