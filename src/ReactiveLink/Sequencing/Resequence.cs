using System.Reactive.Concurrency;
using ReactiveLink.Sequencing;

namespace ReactiveLink;

public static partial class SequenceObservable
{
    /// <summary>
    /// Delivers the items of each peer in the order of their numbers. Items after a gap are held until the missing ones come, until the first of
    /// them has waited for <paramref name="patience"/>, or until <paramref name="depth"/> are held; then the gap is given up. So no item waits longer than the patience, and the
    /// verdicts are those of the output: in order, gap(n) for numbers given up, and restart.
    /// <list type="table">
    /// <listheader><term>input</term><description>output; fault; state</description></listheader>
    /// <item><term>in order, nothing held</term><description>the item at once; none; none</description></item>
    /// <item><term>after a gap</term><description>nothing yet; none; the item is held</description></item>
    /// <item><term>so far ahead that what is held would span half the space</term><description>first the items behind the earlier gaps, as where patience ends; none; the item is held</description></item>
    /// <item><term>late, and its place still open</term><description>the item in its place, with those that waited only for it; none; they are held no more</description></item>
    /// <item><term>late, and its place given up; a stray</term><description>nothing; <see cref="FaultReason.TooLate"/>; none</description></item>
    /// <item><term>duplicate</term><description>nothing; <see cref="FaultReason.Duplicate"/>; none</description></item>
    /// <item><term>restart, and in order where the peer's tentative run is given up for another</term><description>all that is held, in order, then the item,
    /// restart; none; a new run</description></item>
    /// <item><term>without a peer</term><description>the item at once; none; none</description></item>
    /// <item><term>patience ends, depth is reached</term><description>the items behind the gap, the first as gap(n); none; they are held no more</description></item>
    /// <item><term>completion, error</term><description>all that is held, in order; then the completion or error</description></item>
    /// <item><term>while the observer still runs on another thread, more than 4,096 items</term><description>nothing; one <see cref="FaultReason.QueueFull"/>, with their
    /// count; a gap</description></item>
    /// </list>
    /// </summary>
    /// <remarks>
    /// The output is serialized though a timer takes part, and neither observer is called under a lock: whichever thread comes first does the work, and takes
    /// over what comes meanwhile. A subscriber that throws loses its subscription; on the timer's thread, where nobody could catch it, the exception becomes a
    /// <see cref="FaultReason.SubscriberFailed"/> fault if <paramref name="faults"/> is given. The state of a peer goes when its tracking forgets it. Give an
    /// observer of faults to have the drops counted.
    /// <para>
    /// Where payloads are lent (<see cref="PayloadMemory.Borrowed"/>), a <see cref="Datagram"/>, <see cref="Frame"/> or <see cref="Message"/> is copied when it is held; what goes out
    /// at once is not. <b>An item of any other type that refers to a lent payload would give out other datagrams' bytes</b>: copy it before
    /// (<see cref="Datagram.Keep"/>).
    /// </para>
    /// </remarks>
    /// <typeparam name="T">The items' type.</typeparam>
    /// <param name="source">The items as <c>TrackSequence</c> gives them, duplicates and late ones included.</param>
    /// <param name="depth">How many items of one peer may be held, 1 to 65,536; 1 holds none back and only drops what is out of order.</param>
    /// <param name="patience">How long an item may be held, from zero.</param>
    /// <param name="scheduler">Times the patience; null for the default scheduler.</param>
    /// <param name="faults">Who hears of dropped items, or null for nobody. Gets neither error nor completion.</param>
    /// <returns>The items in order.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="source"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="depth"/> or <paramref name="patience"/> is out of range.</exception>
    public static IObservable<Sequenced<T>> Resequence<T>(
        this IObservable<Sequenced<T>> source,
        int depth,
        TimeSpan patience,
        IScheduler? scheduler = null,
        IObserver<Fault>? faults = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentOutOfRangeException.ThrowIfLessThan(depth, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(depth, ResequenceSink<T>.LargestDepth);
        ArgumentOutOfRangeException.ThrowIfLessThan(patience, TimeSpan.Zero);
        return new ResequenceObservable<T>(source, depth, patience, scheduler ?? DefaultScheduler.Instance, faults);
    }
}

internal sealed class ResequenceObservable<T>(
    IObservable<Sequenced<T>> source,
    int depth,
    TimeSpan patience,
    IScheduler scheduler,
    IObserver<Fault>? faults) : IObservable<Sequenced<T>>
{
    public IDisposable Subscribe(IObserver<Sequenced<T>> observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        return new ResequenceSink<T>(observer, depth, patience, scheduler, faults).Run(source);
    }
}
