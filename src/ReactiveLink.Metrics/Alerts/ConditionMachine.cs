namespace ReactiveLink.Metrics.Alerts;

/// <summary>The durations of a rule; <see cref="TimeSpan.MaxValue"/> for never.</summary>
internal sealed record AlertTiming(TimeSpan HoldFor, TimeSpan KeepFiringFor, TimeSpan NoDataAfter, TimeSpan IdleExpiry);

/// <summary>
/// The states after Prometheus' <c>for</c> and <c>keep_firing_for</c>, driven by items and by time, with silence as a state of its own. An item at the very
/// moment of a deadline is judged before it, as an evaluation of Prometheus would be.
/// </summary>
internal sealed class ConditionMachine<T>(object? key, AlertReader<T> reader, AlertTiming timing, long now) : AlertMachine<T>(key)
{
    private AlertState _state;
    private AlertState _before;
    private double _value = double.NaN;
    private long _lastItem = now;
    private long _since = now;
    private long _holdEnd = long.MaxValue;
    private long _keepEnd = long.MaxValue;

    public override long Next => Math.Min(StateEnd, Math.Min(SilenceEnd, After(_lastItem, timing.IdleExpiry)));

    private long StateEnd => _state switch
    {
        AlertState.Pending => _holdEnd,
        AlertState.Firing => _keepEnd,
        _ => long.MaxValue,
    };

    private long SilenceEnd => _state == AlertState.NoData ? long.MaxValue : After(_lastItem, timing.NoDataAfter);

    public override AlertReading Read(T item, long now) => reader.Read(item, now);

    public override void Take(in AlertReading reading, long now, IAlertOutput output)
    {
        _lastItem = now;
        if (reading.Level == AlertLevel.Unknown)
        {
            return;
        }

        _value = reading.Value;

        // After a silence the alert goes on from where it was, but time without data proves nothing: what was being waited for starts anew.
        var hasReturned = _state == AlertState.NoData;
        var was = hasReturned ? _before : _state;
        var next = reading.Level == AlertLevel.True ? Met(was, hasReturned, now) : Cleared(was, now);
        var reason = hasReturned && next == was ? AlertReason.DataReturned
            : reading.Level == AlertLevel.False ? AlertReason.ConditionCleared
            : was == AlertState.Pending ? AlertReason.Held
            : AlertReason.ConditionMet;
        Change(next, next == AlertState.Inactive && hasReturned ? now : _since, now, reason, output);
    }

    public override bool Step(IAlertOutput output)
    {
        var at = Next;
        if (StateEnd == at)
        {
            var isPending = _state == AlertState.Pending;
            Change(isPending ? AlertState.Firing : AlertState.Resolved, _since, at, isPending ? AlertReason.Held : AlertReason.ConditionCleared, output);
        }
        else if (SilenceEnd == at)
        {
            _before = _state;
            Change(AlertState.NoData, _lastItem, at, AlertReason.Silence, output);
        }
        else
        {
            Change(AlertState.Inactive, _lastItem, at, AlertReason.Forgotten, output);
            return false;
        }

        return true;
    }

    private AlertState Met(AlertState was, bool hasReturned, long now)
    {
        _keepEnd = long.MaxValue;
        if (was == AlertState.Firing)
        {
            return was;
        }

        if (was == AlertState.Inactive || hasReturned)
        {
            _since = now;
            _holdEnd = After(now, timing.HoldFor);
        }

        return now >= _holdEnd ? AlertState.Firing : AlertState.Pending;
    }

    private AlertState Cleared(AlertState was, long now)
    {
        if (was != AlertState.Firing)
        {
            return AlertState.Inactive;
        }

        // Leaving the firing state, for no-data too, ended what ran before.
        if (_keepEnd == long.MaxValue)
        {
            _keepEnd = After(now, timing.KeepFiringFor);
        }

        return now >= _keepEnd ? AlertState.Resolved : AlertState.Firing;
    }

    private void Change(AlertState next, long since, long at, AlertReason reason, IAlertOutput output)
    {
        var from = _state;
        _state = next == AlertState.Resolved ? AlertState.Inactive : next;
        if (_state != AlertState.Firing)
        {
            _keepEnd = long.MaxValue;
        }

        if (from != next)
        {
            output.Emit(Key, from, next, _value, since, at, reason);
        }
    }
}
