using System.Reactive.Concurrency;
using ReactiveLink.Framing;
using ReactiveLink.Sequencing;

namespace ReactiveLink;

public static partial class SequenceObservable
{
    /// <summary>
    /// Says of every frame whether it is in order, after a gap, a duplicate, late or from a restarted sender, per remote endpoint, in the frames' own 32 bits.
    /// <list type="table">
    /// <listheader><term>input</term><description>output; counter; state</description></listheader>
    /// <item><term>a frame with a sequence number</term><description>as for any type: see the overload with selectors</description></item>
    /// <item><term>a frame without one</term><description>the frame, in order, with number 0 and no peer; none; none</description></item>
    /// <item><term>of a new remote endpoint while the table is full</term><description>nothing; a <see cref="FaultReason.PeerLimit"/> fault with the endpoint and the time of
    /// the datagram; none</description></item>
    /// <item><term>error, completion</term><description>passed on at once</description></item>
    /// </list>
    /// </summary>
    /// <param name="source">The frames. Each subscription has its own peers.</param>
    /// <param name="options">What is believed and how many peers are kept, or null for the defaults.</param>
    /// <param name="scheduler">The clock for idle peers, or null for the default scheduler's.</param>
    /// <param name="faults">Who hears of refused frames, or null for nobody. Gets neither error nor completion.</param>
    /// <returns>The frames with their verdicts and their peers' state.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="source"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="options"/> is not valid; the message lists every error.</exception>
    public static IObservable<Sequenced<Frame>> TrackSequence(
        this IObservable<Frame> source,
        SequenceOptions? options = null,
        IScheduler? scheduler = null,
        IObserver<Fault>? faults = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        options ??= SequenceOptions.Default;
        options.Validate(nameof(options));
        return new TrackFrameSequenceObservable(source, options, scheduler ?? DefaultScheduler.Instance, faults);
    }
}

internal sealed class TrackFrameSequenceObservable(
    IObservable<Frame> source,
    SequenceOptions options,
    IScheduler scheduler,
    IObserver<Fault>? faults) : IObservable<Sequenced<Frame>>
{
    public IDisposable Subscribe(IObserver<Sequenced<Frame>> observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        return new Sink(observer, new PeerTable<UdpEndpoint>(SequenceSpace.UInt32, options), scheduler.StartStopwatch(), faults).Run(source);
    }

    // The clock is the scheduler's, not the datagrams': frames of several transports, whose clocks start anywhere, may come merged.
    private sealed class Sink(IObserver<Sequenced<Frame>> observer, PeerTable<UdpEndpoint> peers, IStopwatch clock, IObserver<Fault>? faults)
        : OperatorSink<Frame, Sequenced<Frame>>(observer)
    {
        public override void OnNext(Frame value)
        {
            if (!value.HasSequence)
            {
                Emit(new Sequenced<Frame>(value, 0, Verdict.InOrder, Peer: null));
            }
            else if (peers.TryObserve(value.Datagram.Remote, value.RawSequence, clock.Elapsed.Ticks, out var peer, out var verdict))
            {
                Emit(new Sequenced<Frame>(value, value.RawSequence, verdict, peer));
            }
            else
            {
                Report(faults, new Fault(FaultReason.PeerLimit, value.Datagram.ReceivedAt, value.Datagram.Remote));
            }
        }
    }
}
