using System.Reactive.Concurrency;

namespace ReactiveLink.Testing;

/// <summary>Recorded items at the times of their stamps.</summary>
public static class ReplayObservable
{
    /// <summary>
    /// Delivers items at the times that their stamps say, counted from the first, which comes at once. Due times are absolute: a slow observer or timer adds no
    /// drift. Items are taken from the sequence one ahead, so a file of any size takes no memory.
    /// <list type="table">
    /// <listheader><term>input</term><description>output</description></listheader>
    /// <item><term>an item that is due</term><description>OnNext on the scheduler, in the sequence's order</description></item>
    /// <item><term>one whose stamp lies before an earlier item's</term><description>OnNext at once after that one; time goes on from the highest stamp</description></item>
    /// <item><term>a pause over <see cref="ReplayOptions.MaximumGap"/></term><description>is shortened to it, and all that follows comes earlier</description></item>
    /// <item><term>the end of the sequence</term><description>OnCompleted after the last item</description></item>
    /// <item><term>the sequence or <paramref name="timestamp"/> throws</term><description>OnError, after the items before</description></item>
    /// <item><term>dispose, or the observer throws</term><description>nothing more; the enumerator is disposed, after the use that another thread makes of it</description></item>
    /// </list>
    /// </summary>
    /// <typeparam name="T">The items' type.</typeparam>
    /// <param name="source">The items; enumerated anew by each subscription, on the scheduler.</param>
    /// <param name="timestamp">An item's stamp.</param>
    /// <param name="options">Speed and longest pause, or null for the recorded times.</param>
    /// <param name="scheduler">The clock and where the items come out, or null for the default scheduler.</param>
    /// <returns>The items, cold.</returns>
    /// <exception cref="ArgumentException">An argument is null, or the options are wrong: all errors are listed.</exception>
    public static IObservable<T> Replay<T>(
        this IEnumerable<T> source, Func<T, DateTimeOffset> timestamp, ReplayOptions? options = null, IScheduler? scheduler = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(timestamp);
        options ??= new ReplayOptions();
        options.Validate(nameof(options));
        return new ReplayedObservable<T>(source, timestamp, options, scheduler ?? DefaultScheduler.Instance);
    }
}

internal sealed class ReplayedObservable<T>(IEnumerable<T> source, Func<T, DateTimeOffset> timestamp, ReplayOptions options, IScheduler scheduler)
    : IObservable<T>
{
    public IDisposable Subscribe(IObserver<T> observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        var sink = new ReplaySink<T>(observer, source, timestamp, options, scheduler);
        sink.Start();
        return sink;
    }
}
