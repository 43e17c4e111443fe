namespace ReactiveLink.Testing;

/// <summary>Datagrams to files that Wireshark opens.</summary>
public static class CaptureObservable
{
    /// <summary>
    /// Writes the datagrams that pass to a pcapng file, which is made on subscription and replaced if it exists. IP and UDP headers with their checksums are
    /// made from the remote endpoint and <paramref name="local"/>; stamps are <see cref="Datagram.ReceivedAt"/>, in nanoseconds.
    /// <list type="table">
    /// <listheader><term>input</term><description>output; file</description></listheader>
    /// <item><term>subscribe</term><description>nothing; the file is made with its header</description></item>
    /// <item><term>a datagram</term><description>OnNext with it, on the same thread; written before</description></item>
    /// <item><term>one larger than a UDP datagram can be</term><description>OnNext; not written, an <c>oversize</c> fault</description></item>
    /// <item><term>error, completion</term><description>the same, after the file was flushed and closed</description></item>
    /// <item><term>the file cannot be made, written or closed</term>
    /// <description>without <paramref name="faults"/>: OnError with a <see cref="CaptureException"/>, the source is disposed; with it: a <c>capture-failed</c>
    /// fault, and the stream goes on without the capture</description></item>
    /// <item><term>dispose</term><description>nothing more; the file is flushed and closed, by the thread that writes if one does just now. If that fails: a
    /// <c>capture-failed</c> fault, or without <paramref name="faults"/> Dispose throws a <see cref="CaptureException"/></description></item>
    /// <item><term>the observer throws</term><description>the same as dispose; the exception goes to the source</description></item>
    /// </list>
    /// </summary>
    /// <param name="source">The datagrams.</param>
    /// <param name="path">The file.</param>
    /// <param name="local">The destination of the packets. A remote of the other address family is written with 0.0.0.0 or :: and this port.</param>
    /// <param name="options">Application name and snap length, or null for the defaults.</param>
    /// <param name="faults">Gets the faults, or null. It is never completed.</param>
    /// <returns>The same datagrams.</returns>
    /// <exception cref="ArgumentException">An argument is null or empty, or the options are wrong: all errors are listed.</exception>
    public static IObservable<Datagram> WriteCapture(
        this IObservable<Datagram> source, string path, UdpEndpoint local, CaptureWriteOptions? options = null, IObserver<Fault>? faults = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Create(
            source,
            () => new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 64 * 1024),
            stream => stream.Dispose(),
            local,
            options,
            faults);
    }

    /// <summary>
    /// The same to a stream, which is flushed at the end and left open. Each subscription writes a pcapng section of its own, at the stream's position; use one
    /// subscription at a time.
    /// </summary>
    /// <param name="source">The datagrams.</param>
    /// <param name="stream">Where to write; it is called on the source's thread, under no lock, one call at a time.</param>
    /// <param name="local">The destination of the packets. A remote of the other address family is written with 0.0.0.0 or :: and this port.</param>
    /// <param name="options">Application name and snap length, or null for the defaults.</param>
    /// <param name="faults">Gets the faults, or null. It is never completed.</param>
    /// <returns>The same datagrams.</returns>
    /// <exception cref="ArgumentException">An argument is null, or the options are wrong: all errors are listed.</exception>
    public static IObservable<Datagram> WriteCapture(
        this IObservable<Datagram> source, Stream stream, UdpEndpoint local, CaptureWriteOptions? options = null, IObserver<Fault>? faults = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return Create(source, () => stream, s => s.Flush(), local, options, faults);
    }

    private static WriteCaptureObservable Create(
        IObservable<Datagram> source, Func<Stream> open, Action<Stream> close, UdpEndpoint local, CaptureWriteOptions? options, IObserver<Fault>? faults)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(local);
        options ??= new CaptureWriteOptions();
        options.Validate(nameof(options));
        return new WriteCaptureObservable(source, open, close, local, options, faults);
    }
}

internal sealed class WriteCaptureObservable(
    IObservable<Datagram> source, Func<Stream> open, Action<Stream> close, UdpEndpoint local, CaptureWriteOptions options, IObserver<Fault>? faults)
    : IObservable<Datagram>
{
    public IDisposable Subscribe(IObserver<Datagram> observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        var sink = new WriteCaptureSink(observer, close, faults);
        sink.Run(source, open, stream => new PcapngWriter(stream, local, options));
        return sink;
    }
}
