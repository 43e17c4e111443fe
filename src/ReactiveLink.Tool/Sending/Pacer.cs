using System.Reactive.Concurrency;

namespace ReactiveLink.Tool.Sending;

/// <summary>
/// Gives the times of a steady rate: the n-th permit is due n/rate seconds after the first, by absolute time, so that a timer's inaccuracy never
/// adds up. What a delay has held back is made up for, but at most <see cref="Patience"/> of it: a sender that was stopped for a minute does not
/// send a minute's worth at once.
/// </summary>
internal sealed class Pacer(IScheduler scheduler, double perSecond)
{
    /// <summary>How much delay is made up for.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(100);

    private readonly IStopwatch _clock = scheduler.StartStopwatch();
    private TimeSpan? _base;
    private long _permits;

    /// <summary>Waits until the next permit is due.</summary>
    public ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        var now = _clock.Elapsed;
        _base ??= now;
        var due = _base.Value + TimeSpan.FromSeconds(_permits / perSecond);
        if (now - due > Patience)
        {
            _base += now - due - Patience;
        }

        _permits++;
        return due <= now ? default : new ValueTask(scheduler.WaitAsync(due - now, cancellationToken));
    }
}
