using System.Reactive.Concurrency;

namespace ReactiveLink.Testing;

/// <summary>A host's clock: the network's time, run fast or slow by a drift and set off by an offset. Any thread.</summary>
internal sealed class HostClock(DateTimeOffset start, IStopwatch watch)
{
    private readonly Lock _gate = new();
    private Setting _setting = new(TimeSpan.Zero, 0, 0, 0);

    public TimeSpan Offset => Volatile.Read(ref _setting).Offset;

    public double Drift => Volatile.Read(ref _setting).Drift;

    /// <summary>How long the host's oscillator says that the network has run. Never runs backwards.</summary>
    public TimeSpan Elapsed => new(Volatile.Read(ref _setting).Local(watch.Elapsed.Ticks));

    public DateTimeOffset Now
    {
        get
        {
            var setting = Volatile.Read(ref _setting);
            var ticks = (Int128)start.UtcTicks + setting.Local(watch.Elapsed.Ticks) + setting.Offset.Ticks;
            return new DateTimeOffset((long)Int128.Clamp(ticks, 0, DateTimeOffset.MaxValue.UtcTicks), TimeSpan.Zero);
        }
    }

    public void Set(TimeSpan? offset, double? drift)
    {
        var now = watch.Elapsed.Ticks;
        lock (_gate)
        {
            var old = _setting;
            var anchor = Math.Max(now, old.AnchorTrue);
            Volatile.Write(ref _setting, new Setting(offset ?? old.Offset, drift ?? old.Drift, anchor, old.Local(anchor)));
        }
    }

    /// <summary>How long a time of this clock really is; rounded up, so that a timer is not early by this clock.</summary>
    public TimeSpan ToTrue(TimeSpan local)
    {
        var drift = Drift;
        return drift == 0 || local <= TimeSpan.Zero ? local : new TimeSpan((long)Math.Ceiling(local.Ticks / (1 + drift)));
    }

    private sealed record Setting(TimeSpan Offset, double Drift, long AnchorTrue, long AnchorLocal)
    {
        public long Local(long trueTicks)
        {
            var since = trueTicks - AnchorTrue;
            return AnchorLocal + since + (Drift == 0 ? 0 : (long)Math.Floor(since * Drift));
        }
    }
}
