using ReactiveLink.Metrics;
using ReactiveLink.Simulation.Scenarios;

namespace ReactiveLink.Simulation.Reference;

/// <summary>A transition; times are in ticks of the subscription's clock.</summary>
internal sealed record ReferenceTransition(object? Key, AlertState From, AlertState To, double Value, long Since, long At, AlertReason Reason);

/// <summary>The behaviour table of <c>AlertWhen</c>, with a predicate and with <c>AlertCondition.Above</c>, for one key.</summary>
internal sealed class ReferenceAlert(object? key, AlertPlan plan, long now)
{
    private AlertState _state = AlertState.Inactive;
    private AlertState _beforeSilence;
    private bool _condition;
    private double _value = double.NaN;
    private long _lastItem = now;
    private long _since = now;
    private long? _heldAt;
    private long? _clearedAt;

    /// <summary>When something happens without an item; null if nothing does.</summary>
    public long? Deadline
    {
        get
        {
            long? next = StateEnds;
            next = Earlier(next, SilenceAt);
            return Earlier(next, ForgottenAt);
        }
    }

    private long? StateEnds => _state switch
    {
        AlertState.Pending => _heldAt,
        AlertState.Firing => _clearedAt,
        _ => null,
    };

    private long? SilenceAt => _state == AlertState.NoData || plan.NoDataAfter is not { } after ? null : _lastItem + after.Ticks;

    private long? ForgottenAt => plan.PerKey ? _lastItem + plan.KeyIdleExpiry.Ticks : null;

    /// <summary>An item comes. What was due before it is done.</summary>
    public void Item(double value, long now, List<ReferenceTransition> output)
    {
        if (double.IsNaN(value))
        {
            // Not data.
            return;
        }

        _lastItem = now;
        _value = value;
        _condition = plan.HasHysteresis ? (_condition ? value >= plan.Clear : value > plan.Fire) : value > plan.Fire;
        var hasReturned = _state == AlertState.NoData;
        var was = hasReturned ? _beforeSilence : _state;
        if (_condition)
        {
            True(was, hasReturned, now, output);
        }
        else
        {
            False(was, hasReturned, now, output);
        }
    }

    /// <summary>Does what is due first. False if the key is forgotten by it.</summary>
    public bool Step(List<ReferenceTransition> output)
    {
        var at = Deadline!.Value;
        if (at == StateEnds)
        {
            var isHeld = _state == AlertState.Pending;
            Become(isHeld ? AlertState.Firing : AlertState.Resolved, _since, at, isHeld ? AlertReason.Held : AlertReason.ConditionCleared, output);
            return true;
        }

        if (at == SilenceAt)
        {
            _beforeSilence = _state;
            Become(AlertState.NoData, _lastItem, at, AlertReason.Silence, output);
            return true;
        }

        Become(AlertState.Inactive, _lastItem, at, AlertReason.Forgotten, output);
        return false;
    }

    private static long? Earlier(long? one, long? other) => one is null ? other : other is null ? one : Math.Min(one.Value, other.Value);

    private void True(AlertState was, bool hasReturned, long now, List<ReferenceTransition> output)
    {
        _clearedAt = null;
        if (was == AlertState.Firing)
        {
            Become(AlertState.Firing, _since, now, AlertReason.DataReturned, output);
            return;
        }

        // What was pending before a silence holds anew.
        if (was == AlertState.Inactive || hasReturned)
        {
            _since = now;
            _heldAt = now + plan.HoldFor.Ticks;
        }

        if (now >= _heldAt)
        {
            Become(AlertState.Firing, _since, now, was == AlertState.Pending ? AlertReason.Held : AlertReason.ConditionMet, output);
        }
        else
        {
            Become(AlertState.Pending, _since, now, was == AlertState.Pending ? AlertReason.DataReturned : AlertReason.ConditionMet, output);
        }
    }

    private void False(AlertState was, bool hasReturned, long now, List<ReferenceTransition> output)
    {
        if (was != AlertState.Firing)
        {
            var reason = hasReturned && was == AlertState.Inactive ? AlertReason.DataReturned : AlertReason.ConditionCleared;
            Become(AlertState.Inactive, hasReturned ? now : _since, now, reason, output);
            return;
        }

        _clearedAt ??= now + plan.KeepFiringFor.Ticks;
        if (now >= _clearedAt)
        {
            Become(AlertState.Resolved, _since, now, AlertReason.ConditionCleared, output);
        }
        else
        {
            Become(AlertState.Firing, _since, now, AlertReason.DataReturned, output);
        }
    }

    private void Become(AlertState next, long since, long at, AlertReason reason, List<ReferenceTransition> output)
    {
        if (_state != next)
        {
            output.Add(new ReferenceTransition(key, _state, next, _value, since, at, reason));
        }

        _state = next == AlertState.Resolved ? AlertState.Inactive : next;
        if (_state != AlertState.Firing)
        {
            _clearedAt = null;
        }
    }
}
