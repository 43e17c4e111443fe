using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace ReactiveLink.Transport;

/// <summary>
/// The engine for Linux: one blocking recvmmsg(2) takes what is there, at least one datagram and at most <see cref="BatchSize"/>. No delay is ever added: a
/// batch forms only from what has already arrived. Batches are sent likewise, by <see cref="LinuxSender"/>; the rest is the portable engine's.
/// </summary>
/// <remarks>
/// Payloads are copied from the receive buffers into slabs, which keeps them immutable and packed; several datagrams that came in one piece by one copy.
/// Where payloads are lent out, they stay in the buffers and nothing is copied.
/// </remarks>
internal sealed partial class LinuxUdpSocket : IUdpSocket
{
    /// <summary>Messages of one system call at most.</summary>
    public const int BatchSize = 64;

    /// <summary>The largest message, in one piece or not: the length field of UDP has 16 bits.</summary>
    private const int LargestMessage = 65535;

    private readonly PortableUdpSocket _portable;
    private readonly SafeSocketHandle _handle;
    private readonly int _maximum;
    private readonly bool _lends;
    private readonly MulticastFilter? _filter;
    private readonly PayloadSlab _slab = new();
    private readonly ReceivedDatagram[] _batch = new ReceivedDatagram[BatchSize];
    private readonly ReceiveBuffers _buffers;
    private int _used;

    /// <summary>Takes a bound socket over.</summary>
    /// <param name="socket">Bound, and connected if <paramref name="connected"/> is given; blocking.</param>
    /// <param name="connected">What it is connected to.</param>
    /// <param name="options">The largest payload to deliver, and whether payloads are lent out.</param>
    /// <param name="features">What was turned on.</param>
    /// <param name="filter">The groups joined, where the system does not filter them.</param>
    /// <param name="bufferSize">The bytes of each receive buffer, or 0 for enough; tests make it small.</param>
    public LinuxUdpSocket(
        Socket socket, UdpEndpoint? connected, UdpTransportOptions options, LinuxFeatures features, MulticastFilter? filter, int bufferSize = 0)
    {
        _portable = new PortableUdpSocket(socket, connected, options);
        _handle = socket.SafeHandle;
        _maximum = options.MaximumDatagramSize;
        _lends = options.PayloadMemory != PayloadMemory.Kept;
        _filter = features.HasFlag(LinuxFeatures.Destinations) ? filter : null;
        Features = features;

        // One byte more than is wanted, so that a cut datagram shows also where the system does not tell its length.
        var needed = features.HasFlag(LinuxFeatures.Coalescing) ? LargestMessage : Math.Min(_maximum + 1, LargestMessage);
        const LinuxFeatures WithControl = LinuxFeatures.Coalescing | LinuxFeatures.Timestamps | LinuxFeatures.DropCounts | LinuxFeatures.Destinations;
        _buffers = new ReceiveBuffers(BatchSize, bufferSize == 0 ? needed : bufferSize, (features & WithControl) != LinuxFeatures.None, _lends);
    }

    /// <summary>What was turned on.</summary>
    public LinuxFeatures Features { get; }

    /// <inheritdoc/>
    public UdpEndpoint LocalEndpoint => _portable.LocalEndpoint;

    /// <inheritdoc/>
    public SocketException? Receive(out ReadOnlySpan<ReceivedDatagram> batch)
    {
        batch = default;
        var held = false;
        try
        {
            // Held, so that a dispose on another thread does not free what the kernel writes into.
            _buffers.DangerousAddRef(ref held);
            return ReceiveHeld(out batch);
        }
        catch (ObjectDisposedException)
        {
            return new SocketException((int)SocketError.OperationAborted);
        }
        finally
        {
            if (held)
            {
                _buffers.DangerousRelease();
            }
        }
    }

    /// <inheritdoc/>
    public bool TryReadKernelDrops(out uint drops) => _portable.TryReadKernelDrops(out drops);

    /// <inheritdoc/>
    public void Dispose()
    {
        _portable.Dispose();
        _buffers.Dispose();
    }

    private unsafe SocketException? ReceiveHeld(out ReadOnlySpan<ReceivedDatagram> batch)
    {
        batch = default;
        _buffers.Reset(_used);
        _used = 0;
        var messages = _buffers.Messages;
        int count;

        // Truncated on the way in: tell the whole length also of what does not fit.
        while ((count = LinuxNative.ReceiveMessages(_handle, messages, BatchSize, LinuxNative.WaitForOne | LinuxNative.Truncated, timeout: null)) < 0)
        {
            // An error may have touched the first header.
            _used = 1;
            var errno = Marshal.GetLastPInvokeError();
            if (!LinuxNative.IsInterrupted(errno))
            {
                return new SocketException((int)LinuxNative.ToSocketError(errno));
            }

            // A signal (a profiler's, say) is no error of the socket's. One that was closed meanwhile is not asked again: its handle says so.
            _buffers.Reset(_used);
        }

        _used = count;

        // An empty datagram has a sender. Without one, somebody shut the socket down.
        if (count > 0 && messages[0].Length == 0 && messages[0].Header.NameLength == 0)
        {
            return new SocketException((int)SocketError.Shutdown);
        }

        for (var i = 0; i < count; i++)
        {
            Take(i, in messages[i], out _batch[i]);
        }

        batch = _batch.AsSpan(0, count);
        return null;
    }

    private unsafe void Take(int place, ref readonly LinuxNative.MultiMessageHeader message, out ReceivedDatagram datagram)
    {
        var remote = _portable.ReadKey(_buffers.Name(place));
        var length = (int)message.Length;
        var control = LinuxControl.Read(message.Header.Control, message.Header.ControlLength);
        var refused = Judge(length, in message, in control);
        var segment = control.SegmentSize < length ? control.SegmentSize : 0;
        var available = Math.Min(length, _buffers.BufferSize);
        var skipped = segment > _maximum ? Math.Min(available, BeforeLast(length, segment)) : 0;
        datagram = new ReceivedDatagram(refused is null ? Payload(place, skipped, available) : default, in remote, refused)
        {
            Length = length,
            SegmentSize = segment,
            Skipped = skipped,
            UtcTicks = control.UtcTicks,
            Drops = control.Drops,
        };
    }

    private FaultReason? Judge(int length, ref readonly LinuxNative.MultiMessageHeader message, ref readonly LinuxControl control)
    {
        if (_filter is not null && !_filter.Accepts(control.Destination, control.Interface))
        {
            return FaultReason.NotMember;
        }

        // Where several came in one piece, the loop judges each. Without its control messages a piece cannot be taken apart.
        var isPiece = control.SegmentSize > 0 && control.SegmentSize < length;
        var cut = LinuxNative.ControlTruncated | (isPiece ? 0 : LinuxNative.Truncated);
        return (!isPiece && length > _maximum) || (message.Header.Flags & cut) != 0 ? FaultReason.Truncated : null;
    }

    /// <summary>Of a piece whose datagrams are too large, only the last may be short enough: nothing is copied for the others.</summary>
    private int BeforeLast(int length, int segment)
    {
        var last = length % segment;
        return last == 0 || last > _maximum ? length : length - last;
    }

    private ReadOnlyMemory<byte> Payload(int place, int start, int end) =>
        _lends ? _buffers.Lend(place, end)[start..] : _slab.Store(_buffers.Bytes(place, end)[start..]);
}
