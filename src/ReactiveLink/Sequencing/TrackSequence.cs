using System.Reactive.Concurrency;
using ReactiveLink.Diagnostics;
using ReactiveLink.Framing;
using ReactiveLink.Sequencing;

namespace ReactiveLink;

/// <summary>Sequence checking, and delivery in order, for streams of any type.</summary>
public static partial class SequenceObservable
{
    private const string TheOnlyPeer = "the only peer";

    /// <summary>
    /// Says of every item whether it is in order, after a gap, a duplicate, late or from a restarted sender: per peer, by the rules of
    /// <see cref="SequenceTracker"/>. Every item goes on at once; probation moves the expectation, never the delivery.
    /// <list type="table">
    /// <listheader><term>input</term><description>output; counter; state</description></listheader>
    /// <item><term>valid, in order</term><description>the item, in order; <see cref="SequenceStatistics.InOrder"/>; the expectation moves on</description></item>
    /// <item><term>after a gap of n</term><description>the item, gap(n); <see cref="SequenceStatistics.Gaps"/> and n to <see cref="SequenceStatistics.Lost"/>; the expectation
    /// moves past it</description></item>
    /// <item><term>duplicate</term><description>the item, duplicate; <see cref="SequenceStatistics.Duplicates"/>; none</description></item>
    /// <item><term>late</term><description>the item, late; <see cref="SequenceStatistics.Late"/>, its loss given back; none</description></item>
    /// <item><term>stray, out of the window</term><description>the item, late; <see cref="SequenceStatistics.Late"/>; none, unless its successor comes next: restart</description></item>
    /// <item><term>of a new peer while the table is full</term><description>nothing; a <see cref="FaultReason.PeerLimit"/> fault; none</description></item>
    /// <item><term>a selector throws</term><description>the exception as error; the end</description></item>
    /// <item><term>error, completion</term><description>passed on at once</description></item>
    /// </list>
    /// </summary>
    /// <typeparam name="T">The items' type.</typeparam>
    /// <typeparam name="TKey">What tells peers apart: an SSRC, a system id, a remote endpoint.</typeparam>
    /// <param name="source">The items. Each subscription has its own peers.</param>
    /// <param name="key">The peer that an item comes from; never null.</param>
    /// <param name="sequence">An item's sequence number; bits outside the space are ignored.</param>
    /// <param name="space">The number space.</param>
    /// <param name="options">What is believed and how many peers are kept, or null for the defaults.</param>
    /// <param name="scheduler">The clock for idle peers and faults, or null for the default scheduler's.</param>
    /// <param name="faults">Who hears of refused items, or null for nobody. Gets neither error nor completion.</param>
    /// <returns>The items with their verdicts and their peers' state.</returns>
    /// <exception cref="ArgumentNullException">A required argument is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="options"/> is not valid; the message lists every error.</exception>
    public static IObservable<Sequenced<T>> TrackSequence<T, TKey>(
        this IObservable<T> source,
        Func<T, TKey> key,
        Func<T, ulong> sequence,
        SequenceSpace space,
        SequenceOptions? options = null,
        IScheduler? scheduler = null,
        IObserver<Fault>? faults = null)
        where TKey : notnull =>
        Track(source, key, sequence, space, transit: null, options, scheduler, faults);

    /// <summary>As <see cref="TrackSequence{T, TKey}(IObservable{T}, Func{T, TKey}, Func{T, ulong}, SequenceSpace, SequenceOptions, IScheduler, IObserver{Fault})"/>, for a
    /// stream of one sender.</summary>
    /// <typeparam name="T">The items' type.</typeparam>
    /// <param name="source">The items of one sender.</param>
    /// <param name="sequence">An item's sequence number; bits outside the space are ignored.</param>
    /// <param name="space">The number space.</param>
    /// <param name="options">What is believed, or null for the defaults.</param>
    /// <param name="scheduler">The clock for idle peers and faults, or null for the default scheduler's.</param>
    /// <param name="faults">Who hears of refused items, or null for nobody; with one sender none is refused.</param>
    /// <returns>The items with their verdicts and the sender's state.</returns>
    /// <exception cref="ArgumentNullException">A required argument is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="options"/> is not valid; the message lists every error.</exception>
    public static IObservable<Sequenced<T>> TrackSequence<T>(
        this IObservable<T> source,
        Func<T, ulong> sequence,
        SequenceSpace space,
        SequenceOptions? options = null,
        IScheduler? scheduler = null,
        IObserver<Fault>? faults = null) =>
        Track(source, static _ => TheOnlyPeer, sequence, space, transit: null, options, scheduler, faults);

    /// <summary>As <see cref="TrackSequence{T, TKey}(IObservable{T}, Func{T, TKey}, Func{T, ulong}, SequenceSpace, SequenceOptions, IScheduler, IObserver{Fault})"/>, with the
    /// interarrival jitter of RFC 3550 from the RTP timestamps of the items. Duplicates and strays do not count for it.</summary>
    /// <typeparam name="T">The items' type.</typeparam>
    /// <typeparam name="TKey">What tells peers apart.</typeparam>
    /// <param name="source">The items. Each subscription has its own peers.</param>
    /// <param name="key">The peer that an item comes from; never null.</param>
    /// <param name="sequence">An item's sequence number; bits outside the space are ignored.</param>
    /// <param name="space">The number space.</param>
    /// <param name="timestamp">An item's timestamp by the sender's clock: 32 bits that wrap.</param>
    /// <param name="clockRate">The timestamp's units in a second, more than 0.</param>
    /// <param name="arrival">When an item arrived, on a clock that only runs forward; null to ask the scheduler's when the item comes.</param>
    /// <param name="options">What is believed and how many peers are kept, or null for the defaults.</param>
    /// <param name="scheduler">The clock for arrivals, idle peers and faults, or null for the default scheduler's.</param>
    /// <param name="faults">Who hears of refused items, or null for nobody.</param>
    /// <returns>The items with their verdicts and their peers' state.</returns>
    /// <exception cref="ArgumentNullException">A required argument is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="clockRate"/> is not positive.</exception>
    /// <exception cref="ArgumentException"><paramref name="options"/> is not valid; the message lists every error.</exception>
    public static IObservable<Sequenced<T>> TrackSequence<T, TKey>(
        this IObservable<T> source,
        Func<T, TKey> key,
        Func<T, ulong> sequence,
        SequenceSpace space,
        Func<T, uint> timestamp,
        int clockRate,
        Func<T, TimeSpan>? arrival = null,
        SequenceOptions? options = null,
        IScheduler? scheduler = null,
        IObserver<Fault>? faults = null)
        where TKey : notnull
    {
        ArgumentNullException.ThrowIfNull(timestamp);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(clockRate);
        return Track(source, key, sequence, space, new RtpTransit<T>(timestamp, clockRate, arrival), options, scheduler, faults);
    }

    /// <summary>As <see cref="TrackSequence{T, TKey}(IObservable{T}, Func{T, TKey}, Func{T, ulong}, SequenceSpace, SequenceOptions, IScheduler, IObserver{Fault})"/>, with the
    /// interarrival jitter of RFC 3550 from the times at which the items were sent. Duplicates and strays do not count for it.</summary>
    /// <typeparam name="T">The items' type.</typeparam>
    /// <typeparam name="TKey">What tells peers apart.</typeparam>
    /// <param name="source">The items. Each subscription has its own peers.</param>
    /// <param name="key">The peer that an item comes from; never null.</param>
    /// <param name="sequence">An item's sequence number; bits outside the space are ignored.</param>
    /// <param name="space">The number space.</param>
    /// <param name="sentAt">When an item was sent, by the sender's clock, since anything.</param>
    /// <param name="arrival">When an item arrived, on a clock that only runs forward; null to ask the scheduler's when the item comes.</param>
    /// <param name="options">What is believed and how many peers are kept, or null for the defaults.</param>
    /// <param name="scheduler">The clock for arrivals, idle peers and faults, or null for the default scheduler's.</param>
    /// <param name="faults">Who hears of refused items, or null for nobody.</param>
    /// <returns>The items with their verdicts and their peers' state.</returns>
    /// <exception cref="ArgumentNullException">A required argument is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="options"/> is not valid; the message lists every error.</exception>
    public static IObservable<Sequenced<T>> TrackSequence<T, TKey>(
        this IObservable<T> source,
        Func<T, TKey> key,
        Func<T, ulong> sequence,
        SequenceSpace space,
        Func<T, TimeSpan> sentAt,
        Func<T, TimeSpan>? arrival = null,
        SequenceOptions? options = null,
        IScheduler? scheduler = null,
        IObserver<Fault>? faults = null)
        where TKey : notnull
    {
        ArgumentNullException.ThrowIfNull(sentAt);
        return Track(source, key, sequence, space, new TimedTransit<T>(sentAt, arrival), options, scheduler, faults);
    }

    private static TrackSequenceObservable<T, TKey> Track<T, TKey>(
        IObservable<T> source,
        Func<T, TKey> key,
        Func<T, ulong> sequence,
        SequenceSpace space,
        Transit<T>? transit,
        SequenceOptions? options,
        IScheduler? scheduler,
        IObserver<Fault>? faults)
        where TKey : notnull
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(sequence);
        ArgumentNullException.ThrowIfNull(space);
        options ??= SequenceOptions.Default;
        options.Validate(nameof(options));
        return new TrackSequenceObservable<T, TKey>(source, key, sequence, space, transit, options, scheduler ?? DefaultScheduler.Instance, faults);
    }
}

internal sealed class TrackSequenceObservable<T, TKey>(
    IObservable<T> source,
    Func<T, TKey> key,
    Func<T, ulong> sequence,
    SequenceSpace space,
    Transit<T>? transit,
    SequenceOptions options,
    IScheduler scheduler,
    IObserver<Fault>? faults) : IObservable<Sequenced<T>>
    where TKey : notnull
{
    private Func<T, TKey> Key => key;

    private Func<T, ulong> Sequence => sequence;

    private SequenceSpace Space => space;

    private Transit<T>? Transit => transit;

    private SequenceOptions Options => options;

    private IScheduler Scheduler => scheduler;

    private IObserver<Fault>? Faults => faults;

    public IDisposable Subscribe(IObserver<Sequenced<T>> observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        return new Sink(this, observer).Run(source);
    }

    private sealed class Sink(TrackSequenceObservable<T, TKey> parent, IObserver<Sequenced<T>> observer) : OperatorSink<T, Sequenced<T>>(observer)
    {
        private readonly PeerTable<TKey> _peers = new(parent.Space, parent.Options);
        private readonly IStopwatch _clock = parent.Scheduler.StartStopwatch();

        public override void OnNext(T value)
        {
            if (IsStopped)
            {
                return;
            }

            TKey key;
            ulong number;
            PeerSequence? peer;
            Verdict verdict;
            try
            {
                key = parent.Key(value);
                number = parent.Sequence(value) & parent.Space.Mask;
                var now = _clock.Elapsed;
                if (_peers.TryObserve(key, number, now.Ticks, out peer, out verdict))
                {
                    parent.Transit?.Observe(peer, value, now);
                }
            }
            catch (Exception exception)
            {
                EmitError(exception);
                return;
            }

            if (peer is not null)
            {
                Emit(new Sequenced<T>(value, number, verdict, peer));
            }
            else
            {
                Report(parent.Faults, new Fault(FaultReason.PeerLimit, parent.Scheduler.SafeNow(), key as UdpEndpoint));
            }
        }
    }
}
