using System.Reactive.Concurrency;

namespace ReactiveLink.Testing;

/// <summary>The faults of a network, on any stream.</summary>
public static class ImpairObservable
{
    /// <summary>
    /// Does to the items of a stream what a network does to datagrams: loses, delays, duplicates, reorders and corrupts them.
    /// <list type="table">
    /// <listheader><term>input</term><description>output</description></listheader>
    /// <item><term>an item that is lost</term><description>nothing</description></item>
    /// <item><term>one without delay</term><description>OnNext at once, on the source's thread; then its copy, if it is duplicated</description></item>
    /// <item><term>one with a delay</term><description>OnNext when the time is up, on the scheduler; of equal times the first comes first</description></item>
    /// <item><term>one that is corrupted</term><description>what <paramref name="corrupt"/> makes of it</description></item>
    /// <item><term>one more than <paramref name="maximumInFlight"/></term><description>nothing; logged as <see cref="NetworkEventKind.InFlightFull"/></description></item>
    /// <item><term><paramref name="corrupt"/> or a distribution throws</term><description>OnError at once; what is on its way is gone</description></item>
    /// <item><term>error</term><description>OnError at once; what is on its way is gone</description></item>
    /// <item><term>completion</term><description>OnCompleted after the last item that is on its way, or at once</description></item>
    /// </list>
    /// Each subscription begins anew, with the same seed: the same items at the same times meet the same fates. Nothing is called under a lock. What only
    /// datagrams have (<see cref="PathConditions"/>) has no effect.
    /// </summary>
    /// <typeparam name="T">The items' type.</typeparam>
    /// <param name="source">The items.</param>
    /// <param name="impairment">The harm.</param>
    /// <param name="seed">Any number.</param>
    /// <param name="scheduler">The clock and where delayed items come out, or null for the default scheduler.</param>
    /// <param name="corrupt">Makes a corrupted item; needed if there is <see cref="Impairment.Corruption"/>.</param>
    /// <param name="log">Gets what happens to the items, each before it goes out; never completed. If it throws it is not called again. Default null.</param>
    /// <param name="maximumInFlight">How many items may be on their way; at least 1.</param>
    /// <returns>The items that came through.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="source"/> or <paramref name="impairment"/> is null.</exception>
    /// <exception cref="ArgumentException">The impairment is not valid, and lists every error; or it corrupts and there is no <paramref name="corrupt"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maximumInFlight"/> is not positive.</exception>
    public static IObservable<T> Impair<T>(
        this IObservable<T> source,
        Impairment impairment,
        ulong seed = 0,
        IScheduler? scheduler = null,
        Func<T, SeededRandom, T>? corrupt = null,
        IObserver<ImpairmentEvent<T>>? log = null,
        int maximumInFlight = 65_536)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(impairment);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maximumInFlight);
        impairment.Validate(nameof(impairment));
        if (impairment.Corruption > 0 && corrupt is null)
        {
            throw new ArgumentException("The impairment corrupts, and nothing says how: give a corrupt function.", nameof(corrupt));
        }

        return new ImpairedObservable<T>(source, impairment, seed, scheduler ?? DefaultScheduler.Instance, corrupt, log, maximumInFlight);
    }
}

internal sealed class ImpairedObservable<T>(
    IObservable<T> source,
    Impairment impairment,
    ulong seed,
    IScheduler scheduler,
    Func<T, SeededRandom, T>? corrupt,
    IObserver<ImpairmentEvent<T>>? log,
    int maximumInFlight) : IObservable<T>
{
    public IDisposable Subscribe(IObserver<T> observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        var sink = new ImpairSink<T>(observer, impairment, seed, scheduler, corrupt, log, maximumInFlight);
        sink.Run(source);
        return sink;
    }
}
