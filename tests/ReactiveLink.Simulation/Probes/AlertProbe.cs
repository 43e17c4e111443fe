using System.Reactive.Concurrency;
using System.Reactive.Subjects;
using ReactiveLink.Metrics;
using ReactiveLink.Simulation.Reference;
using ReactiveLink.Simulation.Scenarios;

namespace ReactiveLink.Simulation.Probes;

/// <summary>An alert beside its reference.</summary>
internal sealed class AlertProbe
{
    /// <summary>How late a timer may be: a clock that drifts sets it anew.</summary>
    private static readonly long Slack = TimeSpan.FromMilliseconds(3).Ticks;

    private readonly Journal _journal;
    private readonly string _name;
    private readonly AlertPlan _plan;
    private readonly IScheduler _scheduler;
    private readonly IStopwatch _clock;
    private readonly Causes<ReferenceTransition> _causes;
    private readonly Dictionary<object, ReferenceAlert> _keys = [];
    private readonly Subject<(object Key, double Value)> _input = new();

    public AlertProbe(Journal journal, string name, IObservable<(object Key, double Value)> source, AlertPlan plan, IScheduler scheduler)
    {
        _journal = journal;
        _name = name;
        _plan = plan;
        _scheduler = scheduler;
        _clock = scheduler.StartStopwatch();

        // Alerts of different keys at the same time come in any order.
        _causes = new Causes<ReferenceTransition>(journal, "alert", name, static (one, other) => one.At == other.At && !Equals(one.Key, other.Key));
        if (!plan.PerKey)
        {
            _keys.Add(this, new ReferenceAlert(null, plan, 0));
        }

        journal.Watch(Over(_input), name, Changed, _causes.Settle);
        journal.Watch(source, name + " input", Pass, () =>
        {
            _causes.Settle();
            _input.OnCompleted();
        });
    }

    private long Now => _clock.Elapsed.Ticks;

    private IObservable<AlertTransition> Over(IObservable<(object Key, double Value)> source)
    {
        var options = new AlertOptions { NoDataAfter = _plan.NoDataAfter, KeyIdleExpiry = _plan.KeyIdleExpiry, MaximumKeys = _plan.MaximumKeys };
        var above = AlertCondition.Above(_plan.Fire, _plan.Clear);
        return (_plan.HasHysteresis, _plan.PerKey) switch
        {
            (true, true) => source.AlertWhenPerKey(i => i.Key, i => i.Value, above, _plan.HoldFor, _plan.KeepFiringFor, options, _scheduler),
            (true, false) => source.AlertWhen(i => i.Value, above, _plan.HoldFor, _plan.KeepFiringFor, options, _scheduler),
            (false, true) => source.AlertWhenPerKey(i => i.Key, i => i.Value > _plan.Fire, _plan.HoldFor, _plan.KeepFiringFor, i => i.Value, options, _scheduler),
            (false, false) => source.AlertWhen(i => i.Value > _plan.Fire, _plan.HoldFor, _plan.KeepFiringFor, i => i.Value, options, _scheduler),
        };
    }

    private void Pass((object Key, double Value) item)
    {
        if (!_plan.HasHysteresis && double.IsNaN(item.Value))
        {
            // A predicate says yes or no of anything; only the operators that look at values refuse NaN.
            return;
        }

        var now = Now;
        _causes.Settle();
        StepAll(now - 1, now - Slack);
        var key = _plan.PerKey ? item.Key : this;
        if (!_keys.TryGetValue(key, out var alert) && _keys.Count < _plan.MaximumKeys)
        {
            alert = new ReferenceAlert(key, _plan, now);
            _keys.Add(key, alert);
        }

        alert?.Item(item.Value, now, _causes.Expected);
        _causes.Begin();
        _input.OnNext(item);
        _causes.End();
    }

    private void Changed(AlertTransition transition)
    {
        // The operator tells times by the clock as it is at the moment.
        var zero = _scheduler.Now.UtcTicks - Now;
        _journal.Counts.Transitions++;
        _journal.Digest.Add((long)transition.To);
        _journal.Digest.Add(transition.At.UtcTicks);
        var seen = new ReferenceTransition(
            transition.Key, transition.From, transition.To, transition.Value, transition.Since.UtcTicks - zero, transition.At.UtcTicks - zero, transition.Reason);
        _causes.Seen(seen, () => StepAll(Now, long.MinValue));
    }

    /// <summary>Does what is due until a time, the earliest first.</summary>
    private void StepAll(long until, long overdue)
    {
        while (_keys.Count > 0)
        {
            var (key, alert) = _keys.MinBy(pair => pair.Value.Deadline ?? long.MaxValue);
            if (alert.Deadline is not { } deadline || deadline > until)
            {
                return;
            }

            var before = _causes.Expected.Count;
            if (!alert.Step(_causes.Expected))
            {
                _keys.Remove(key);
            }

            if (deadline < overdue && _causes.Expected.Count > before)
            {
                _journal.Violate("alert", _name, $"{_causes.Expected[^1]} did not come in time");
            }
        }
    }
}
