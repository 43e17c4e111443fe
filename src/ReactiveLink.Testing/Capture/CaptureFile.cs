using System.Reactive.Concurrency;

namespace ReactiveLink.Testing;

/// <summary>Datagrams from pcap and pcapng files, as tcpdump, Wireshark and <see cref="CaptureObservable"/> write them.</summary>
public static class CaptureFile
{
    private static readonly ReplayOptions AtOnce = new() { Speed = double.PositiveInfinity };

    /// <summary>
    /// The UDP datagrams of a capture, cold, as fast as the observer takes them. Read are pcap (both byte orders, micro- and nanoseconds) and pcapng (several
    /// sections and interfaces); Ethernet with VLAN tags, raw IP, Linux cooked v1 and v2, BSD loopback; IPv4, IPv6, fragments.
    /// <list type="table">
    /// <listheader><term>in the capture</term><description>output; counter</description></listheader>
    /// <item><term>a UDP datagram</term><description>OnNext; <see cref="Datagram.Remote"/> is its source, <see cref="Datagram.ReceivedAt"/> its stamp (a tick is
    /// 100 ns), <see cref="Datagram.Elapsed"/> the time since the first, never running back</description></item>
    /// <item><term>one that the options do not ask for, another protocol, an unknown link type</term><description>nothing; counted</description></item>
    /// <item><term>fragments</term><description>OnNext when the last part is there; missing or overlapping parts: a <c>truncated</c> fault</description></item>
    /// <item><term>a packet of which too little was kept</term><description>a <c>truncated</c> fault; counted</description></item>
    /// <item><term>impossible lengths in IP or UDP headers</term><description>a <c>parse-failed</c> fault; counted</description></item>
    /// <item><term>the end</term><description>OnCompleted</description></item>
    /// <item><term>a malformed or truncated file, one that cannot be opened or read</term>
    /// <description>OnError with a <see cref="CaptureException"/> that names the byte, after all that came before it</description></item>
    /// <item><term>dispose, or the observer throws</term><description>nothing more; the file is closed</description></item>
    /// </list>
    /// Checksums are not checked: a sender that leaves them to its network card is captured without. Memory is bounded: 256 KiB for a packet, whatever the file
    /// claims, 64 KiB for each datagram that is put together, and 65,536 interfaces.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="options">What to take, or null for every datagram.</param>
    /// <param name="faults">Gets the faults, or null. It is never completed.</param>
    /// <param name="statistics">Gets the account once per subscription, when the reading has ended for any reason, or null. It is never completed.</param>
    /// <param name="scheduler">Where to read, or null for the subscriber's thread.</param>
    /// <returns>The datagrams in the file's order.</returns>
    /// <exception cref="ArgumentException">An argument is null or empty, or the options are wrong: all errors are listed.</exception>
    public static IObservable<Datagram> Read(
        string path,
        CaptureReadOptions? options = null,
        IObserver<Fault>? faults = null,
        IObserver<CaptureStatistics>? statistics = null,
        IScheduler? scheduler = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Read(() => Open(path), options, faults, statistics, scheduler);
    }

    /// <summary>The same from any stream.</summary>
    /// <param name="open">Gives the stream of a subscription; it is disposed at the end.</param>
    /// <param name="options">What to take, or null for every datagram.</param>
    /// <param name="faults">Gets the faults, or null. It is never completed.</param>
    /// <param name="statistics">Gets the account once per subscription, when the reading has ended for any reason, or null. It is never completed.</param>
    /// <param name="scheduler">Where to read, or null for the subscriber's thread.</param>
    /// <returns>The datagrams in the capture's order.</returns>
    /// <exception cref="ArgumentException">An argument is null, or the options are wrong: all errors are listed.</exception>
    public static IObservable<Datagram> Read(
        Func<Stream> open,
        CaptureReadOptions? options = null,
        IObserver<Fault>? faults = null,
        IObserver<CaptureStatistics>? statistics = null,
        IScheduler? scheduler = null) =>
        Checked(open, options, faults, statistics).Replay(_ => default, AtOnce, scheduler ?? CurrentThreadScheduler.Instance);

    /// <summary>
    /// The UDP datagrams of a capture at the times of their stamps: as <see cref="Read(string, CaptureReadOptions?, IObserver{Fault}?, IObserver{CaptureStatistics}?, IScheduler?)"/>,
    /// with the waiting of <see cref="ReplayObservable.Replay"/>. An hour takes milliseconds on a virtual scheduler. The datagrams keep their recorded stamps.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="replay">Speed and longest pause, or null for the recorded times.</param>
    /// <param name="scheduler">The clock and where the datagrams come out, or null for the default scheduler.</param>
    /// <param name="options">What to take, or null for every datagram.</param>
    /// <param name="faults">Gets the faults, or null. It is never completed.</param>
    /// <param name="statistics">Gets the account once per subscription, when the reading has ended for any reason, or null. It is never completed.</param>
    /// <returns>The datagrams in the file's order.</returns>
    /// <exception cref="ArgumentException">An argument is null or empty, or the options are wrong: all errors are listed.</exception>
    public static IObservable<Datagram> Replay(
        string path,
        ReplayOptions? replay = null,
        IScheduler? scheduler = null,
        CaptureReadOptions? options = null,
        IObserver<Fault>? faults = null,
        IObserver<CaptureStatistics>? statistics = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Checked(() => Open(path), options, faults, statistics).Replay(datagram => datagram.ReceivedAt, replay, scheduler);
    }

    internal static IEnumerable<Datagram> Checked(
        Func<Stream> open, CaptureReadOptions? options, IObserver<Fault>? faults, IObserver<CaptureStatistics>? statistics)
    {
        ArgumentNullException.ThrowIfNull(open);
        options ??= new CaptureReadOptions();
        options.Validate(nameof(options));
        return Enumerate(open, options, faults, statistics);
    }

    private static IEnumerable<Datagram> Enumerate(
        Func<Stream> open, CaptureReadOptions options, IObserver<Fault>? faults, IObserver<CaptureStatistics>? statistics)
    {
        using var stream = Open(open);
        var reader = new CaptureReader(stream, options, faults);
        try
        {
            while (reader.TryRead(out var datagram))
            {
                yield return datagram;
            }
        }
        finally
        {
            statistics?.OnNext(reader.GetStatistics());
        }
    }

    private static FileStream Open(string path) => new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);

    private static Stream Open(Func<Stream> open)
    {
        try
        {
            return open() ?? throw new InvalidOperationException("there is no stream.");
        }
        catch (Exception exception)
        {
            throw new CaptureException($"The capture cannot be opened: {exception.Message}", 0, exception);
        }
    }
}
