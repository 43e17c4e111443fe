using System.Reactive.Disposables;

namespace ReactiveLink.Metrics.Registry;

/// <summary>Summaries of a metric at whole multiples of an interval. One tick is armed at a time: a slow observer is not made up for.</summary>
internal sealed class SummaryStream(Metric metric, TimeSpan every, TimeSpan window) : IObservable<WindowSummary>
{
    public IDisposable Subscribe(IObserver<WindowSummary> observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        var hub = new MetricHub<WindowSummary>(1, metric.Registry.SubscriberFailed, metric.MissedSummaries);
        var sink = new Sink(metric, every, window, hub);
        sink.Run(observer);
        return sink;
    }

    private sealed class Sink(Metric metric, TimeSpan every, TimeSpan window, MetricHub<WindowSummary> hub) : IObserver<MetricSample>, IDisposable
    {
        private readonly MultipleAssignmentDisposable _timer = new();
        private readonly SingleAssignmentDisposable _end = new();
        private readonly SingleAssignmentDisposable _observer = new();
        private long _tick;

        public void Run(IObserver<WindowSummary> observer)
        {
            _observer.Disposable = hub.Subscribe(observer);
            _end.Disposable = metric.End.Subscribe(this);
            Guard(static self => self.Arm());
        }

        public void OnNext(MetricSample value)
        {
            // Only the end matters here.
        }

        public void OnError(Exception error) => End(error);

        public void OnCompleted() => End(null);

        public void Dispose()
        {
            _timer.Dispose();
            _end.Dispose();
            _observer.Dispose();
        }

        private void End(Exception? error)
        {
            _timer.Dispose();
            _end.Dispose();
            hub.Complete(error);
        }

        /// <summary>Does what asks the scheduler, which may throw: the stream cannot go on then.</summary>
        private void Guard(Action<Sink> action)
        {
            try
            {
                action(this);
            }
            catch (Exception error)
            {
                End(error);
            }
        }

        private void Arm()
        {
            if (_timer.IsDisposed)
            {
                return;
            }

            var clock = metric.Recorder.Clock;
            var now = clock.Ticks;
            var past = now / every.Ticks;
            if (_tick > 0 && past > _tick)
            {
                // The subscriber, or whoever else keeps the scheduler, was busy at these.
                metric.MissedSummaries.Add(past - _tick);
            }

            _tick = Math.Max(_tick, past) + 1;

            // The timer may come, and set the next, before the call that set it has returned.
            var timer = new SingleAssignmentDisposable();
            _timer.Disposable = timer;
            timer.Disposable = clock.Scheduler.Schedule(this, TimeSpan.FromTicks((_tick * every.Ticks) - now), static (_, self) =>
            {
                self.Guard(static sink => sink.Tick());
                return Disposable.Empty;
            });
        }

        private void Tick()
        {
            if (_timer.IsDisposed)
            {
                return;
            }

            if (!hub.HasObservers)
            {
                // It threw, and lost its subscription.
                Dispose();
                return;
            }

            Arm();
            hub.OnNext(metric.GetSummary(window));
        }
    }
}
