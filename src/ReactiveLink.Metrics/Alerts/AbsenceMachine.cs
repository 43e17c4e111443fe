namespace ReactiveLink.Metrics.Alerts;

/// <summary>Fires when nothing came for a time, and is resolved by the next item. Its value is the silence in seconds.</summary>
internal sealed class AbsenceMachine<T>(object? key, TimeSpan timeout, TimeSpan idleExpiry, long now) : AlertMachine<T>(key)
{
    private long _lastItem = now;
    private bool _isFiring;

    public override long Next => Math.Min(_isFiring ? long.MaxValue : After(_lastItem, timeout), After(_lastItem, idleExpiry));

    public override AlertReading Read(T item, long now) => default;

    public override void Take(in AlertReading reading, long now, IAlertOutput output)
    {
        var since = _lastItem;
        _lastItem = now;
        if (_isFiring)
        {
            _isFiring = false;
            output.Emit(Key, AlertState.Firing, AlertState.Resolved, Seconds(since, now), since, now, AlertReason.DataReturned);
        }
    }

    public override bool Step(IAlertOutput output)
    {
        var at = Next;
        if (!_isFiring)
        {
            _isFiring = true;
            output.Emit(Key, AlertState.Inactive, AlertState.Firing, Seconds(_lastItem, at), _lastItem, at, AlertReason.Silence);
            return true;
        }

        output.Emit(Key, AlertState.Firing, AlertState.Inactive, Seconds(_lastItem, at), _lastItem, at, AlertReason.Forgotten);
        return false;
    }

    private static double Seconds(long since, long at) => TimeSpan.FromTicks(at - since).TotalSeconds;
}
