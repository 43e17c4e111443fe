namespace ReactiveLink.Metrics.Alerts;

/// <summary>What the sink tells. Only the owner of <c>_work</c> comes here.</summary>
internal sealed partial class AlertSink<T, TKey>
{
    void IAlertOutput.Emit(object? key, AlertState from, AlertState to, double value, long since, long at, AlertReason reason)
    {
        if (_stopped)
        {
            return;
        }

        // Times are taken back from the clock as it is now, so that a step of the wall clock does not change how long something lasted.
        var zero = rule.Scheduler.Now - TimeSpan.FromTicks(Now());
        var transition = new AlertTransition(rule.Name, key, from, to, value, zero + TimeSpan.FromTicks(since), zero + TimeSpan.FromTicks(at), reason);
        try
        {
            observer.OnNext(transition);
        }
        catch
        {
            // It loses the subscription; its exception goes on to whoever called.
            _hasObserverThrown = true;
            Dispose();
            throw;
        }
    }

    private void Refuse(AlertRefusalReason reason, object? key, long count)
    {
        _refused += count;
        if (!_stopped && _refusals.IsHearing)
        {
            _refusals.OnNext(new AlertRefusal(rule.Name, reason, key, count, _refused, rule.Scheduler.Now));
        }
    }

    private void Fail(Exception error)
    {
        if (!_stopped)
        {
            _error = error;
            End();
        }
    }

    private void End()
    {
        _stopped = true;
        try
        {
            if (_error is null)
            {
                observer.OnCompleted();
            }
            else
            {
                observer.OnError(_error);
            }
        }
        catch
        {
            _hasObserverThrown = true;
            throw;
        }
        finally
        {
            Dispose();
        }
    }
}
