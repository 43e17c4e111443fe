using System.Reactive.Concurrency;
using Microsoft.Reactive.Testing;

namespace ReactiveLink.Tests.Transport;

/// <summary>Virtual time for code on a thread of its own: a test waits until that thread has scheduled, then advances.</summary>
internal sealed class SignallingTestScheduler : TestScheduler
{
    private readonly object _gate = new();
    private readonly List<TimeSpan> _delays = [];
    private int _taken;

    /// <summary>Waits for the next relative schedule call, other than one of <paramref name="ignored"/>.</summary>
    public TimeSpan NextDelay(TimeSpan? ignored = null)
    {
        lock (_gate)
        {
            while (true)
            {
                while (_taken < _delays.Count)
                {
                    var delay = _delays[_taken++];
                    if (delay != ignored)
                    {
                        return delay;
                    }
                }

                Assert.True(Monitor.Wait(_gate, Recorder<int>.Deadline), "Nothing was scheduled within the deadline.");
            }
        }
    }

    public override IDisposable ScheduleAbsolute<TState>(TState state, long dueTime, Func<IScheduler, TState, IDisposable> action)
    {
        var timer = base.ScheduleAbsolute(state, dueTime, action);
        lock (_gate)
        {
            _delays.Add(TimeSpan.FromTicks(dueTime - Clock));
            Monitor.PulseAll(_gate);
        }

        return timer;
    }
}
