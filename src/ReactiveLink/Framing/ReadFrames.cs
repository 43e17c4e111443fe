using ReactiveLink.Framing;

namespace ReactiveLink;

/// <summary>Frames out of datagrams.</summary>
public static class FrameObservable
{
    /// <summary>
    /// Reads the frame of every datagram. Bad frames leave the stream as faults; the stream goes on.
    /// <list type="table">
    /// <listheader><term>input</term><description>output; faults</description></listheader>
    /// <item><term>valid</term><description>the frame, at once; its payload is a slice of the datagram unless compressed</description></item>
    /// <item><term>malformed</term><description>nothing; one <see cref="Fault"/> with the reason that <see cref="FrameFormat.TryRead"/> gives, with the datagram's
    /// remote endpoint and receive time</description></item>
    /// <item><term>duplicate, late, after a gap</term><description>as valid: <c>TrackSequence</c> tells them apart</description></item>
    /// <item><term>error, completion</term><description>passed on at once</description></item>
    /// </list>
    /// Keeps no state. Faults come on the thread of the datagram; an observer shared with other streams must stand calls on their threads.
    /// </summary>
    /// <param name="source">The datagrams.</param>
    /// <param name="format">What their frames are.</param>
    /// <param name="faults">Who hears of bad frames, or null for nobody. Gets neither error nor completion.</param>
    /// <returns>The good frames.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="source"/> or <paramref name="format"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="format"/> is not valid; the message lists every error.</exception>
    public static IObservable<Frame> ReadFrames(this IObservable<Datagram> source, FrameFormat format, IObserver<Fault>? faults = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(format);
        format.Validate(nameof(format));
        return new ReadFramesObservable(source, format, faults);
    }
}

internal sealed class ReadFramesObservable(IObservable<Datagram> source, FrameFormat format, IObserver<Fault>? faults) : IObservable<Frame>
{
    public IDisposable Subscribe(IObserver<Frame> observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        return new Sink(observer, format, faults).Run(source);
    }

    private sealed class Sink(IObserver<Frame> observer, FrameFormat format, IObserver<Fault>? faults) : OperatorSink<Datagram, Frame>(observer)
    {
        public override void OnNext(Datagram value)
        {
            if (format.TryRead(value, out var frame, out var reason))
            {
                Emit(frame);
            }
            else
            {
                Report(faults, new Fault(reason, value.ReceivedAt, value.Remote));
            }
        }
    }
}
