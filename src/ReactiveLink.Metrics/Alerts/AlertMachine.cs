using ReactiveLink.Shared;

namespace ReactiveLink.Metrics.Alerts;

/// <summary>Takes what a machine says. Times are ticks of the subscription's clock.</summary>
internal interface IAlertOutput
{
    void Emit(object? key, AlertState from, AlertState to, double value, long since, long at, AlertReason reason);
}

/// <summary>The alert of one key: a state, and the time at which it changes if nothing comes.</summary>
internal abstract class AlertMachine<T>(object? key) : DeadlineNode
{
    public object? Key => key;

    /// <summary>When it has to be given a <see cref="Step"/>; <see cref="long.MaxValue"/> for never.</summary>
    public abstract long Next { get; }

    public abstract AlertReading Read(T item, long now);

    /// <summary>Takes what was read of an item; everything due before it is done.</summary>
    public abstract void Take(in AlertReading reading, long now, IAlertOutput output);

    /// <summary>Does what is due at <see cref="Next"/>.</summary>
    /// <returns>False if the key is to be forgotten.</returns>
    public abstract bool Step(IAlertOutput output);

    protected static long After(long now, TimeSpan span) => span.Ticks > long.MaxValue - now ? long.MaxValue : now + span.Ticks;
}
