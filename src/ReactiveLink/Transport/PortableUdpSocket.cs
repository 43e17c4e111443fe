using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace ReactiveLink.Transport;

/// <summary>
/// The engine for every platform: one blocking <see cref="Socket.ReceiveFrom(Span{byte}, SocketFlags, SocketAddress)"/> per datagram into a
/// scratch buffer one byte larger than the largest datagram wanted (so that a cut one shows), then a copy into a slab unless payloads are lent out.
/// </summary>
internal sealed class PortableUdpSocket : IUdpSocket
{
    // Linux: SOL_SOCKET, SO_MEMINFO, and in its array of u32 SK_MEMINFO_DROPS (include/uapi/linux/sock_diag.h).
    private const int SolSocket = 1;
    private const int SoMemInfo = 55;
    private const int MemInfoDrops = 8;

    private readonly Socket _socket;
    private readonly AddressFamily _family;
    private readonly UdpEndpoint? _connected;
    private readonly byte[] _scratch;
    private readonly bool _lends;
    private readonly SocketAddress _address;
    private readonly PayloadSlab _slab = new();
    private readonly ReceivedDatagram[] _batch = new ReceivedDatagram[1];

    /// <summary>Takes a bound socket over.</summary>
    /// <param name="socket">Bound, and connected if <paramref name="connected"/> is given.</param>
    /// <param name="connected">What it is connected to.</param>
    /// <param name="options">The largest payload to deliver, and whether payloads are lent out.</param>
    public PortableUdpSocket(Socket socket, UdpEndpoint? connected, UdpTransportOptions options)
    {
        _socket = socket;
        _family = socket.AddressFamily;
        _connected = connected;
        _scratch = GC.AllocateUninitializedArray<byte>(options.MaximumDatagramSize + 1);
        _lends = options.PayloadMemory != PayloadMemory.Kept;
        _address = new SocketAddress(_family);
        LocalEndpoint = UdpEndpoint.From((IPEndPoint)socket.LocalEndPoint!);
    }

    /// <inheritdoc/>
    public UdpEndpoint LocalEndpoint { get; }

    /// <inheritdoc/>
    public SocketException? Receive(out ReadOnlySpan<ReceivedDatagram> batch)
    {
        batch = default;
        int length;
        try
        {
            length = _socket.ReceiveFrom(_scratch.AsSpan(), SocketFlags.None, _address);
        }
        catch (SocketException exception) when (OperatingSystem.IsWindows() && exception.SocketErrorCode == SocketError.MessageSize)
        {
            // Windows fails where other systems cut; elsewhere this error is a pending one about a datagram sent.
            length = _scratch.Length;
        }
        catch (SocketException exception)
        {
            return exception;
        }
        catch (ObjectDisposedException)
        {
            return new SocketException((int)SocketError.OperationAborted);
        }

        if (length == 0 && _address.Size == 0)
        {
            // Not an empty datagram, which has a sender: somebody shut the socket down.
            return new SocketException((int)SocketError.Shutdown);
        }

        var remote = ReadKey(_address.Buffer.Span);
        _batch[0] = length == _scratch.Length
            ? new ReceivedDatagram(default, in remote, FaultReason.Truncated)
            : new ReceivedDatagram(_lends ? _scratch.AsMemory(0, length) : _slab.Store(_scratch.AsSpan(0, length)), in remote);
        batch = _batch;
        return null;
    }

    /// <inheritdoc/>
    public SocketException? Send(ReadOnlySpan<byte> payload, UdpEndpoint destination)
    {
        try
        {
            if (ReferenceEquals(destination, _connected) || destination.Equals(_connected))
            {
                _socket.Send(payload, SocketFlags.None, out var error);
                return error == SocketError.Success ? null : new SocketException((int)error);
            }

            var address = destination.SocketAddressFor(_family);
            if (address is null)
            {
                return new SocketException((int)SocketError.AddressFamilyNotSupported);
            }

            _socket.SendTo(payload, SocketFlags.None, address);
            return null;
        }
        catch (SocketException exception)
        {
            return exception;
        }
        catch (ObjectDisposedException)
        {
            return new SocketException((int)SocketError.OperationAborted);
        }
    }

    /// <summary>The sockaddr of a destination: empty for what the socket is connected to. False if the socket's family cannot reach it.</summary>
    internal bool TryName(UdpEndpoint destination, out ReadOnlySpan<byte> name)
    {
        name = default;
        if (ReferenceEquals(destination, _connected) || destination.Equals(_connected))
        {
            return true;
        }

        if (destination.SocketAddressFor(_family) is not { } address)
        {
            return false;
        }

        name = address.Buffer.Span[..address.Size];
        return true;
    }

    /// <inheritdoc/>
    public bool TryReadKernelDrops(out uint drops)
    {
        drops = 0;
        if (!OperatingSystem.IsLinux())
        {
            return false;
        }

        Span<byte> values = stackalloc byte[16 * sizeof(uint)];
        try
        {
            var length = _socket.GetRawSocketOption(SolSocket, SoMemInfo, values);
            if (length < (MemInfoDrops + 1) * sizeof(uint))
            {
                return false;
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // An older kernel or a sandbox that does not know the option, or a socket closed meanwhile: it does not tell.
            return false;
        }

        drops = BitConverter.ToUInt32(values[(MemInfoDrops * sizeof(uint))..]);
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    /// <summary>
    /// The sender from the system's sockaddr. Port and address lie at the same offsets on Linux, Windows and macOS (whose length byte takes
    /// the place of half the family, which is known from the socket); the scope is in the machine's byte order on all of them.
    /// </summary>
    internal EndpointKey ReadKey(ReadOnlySpan<byte> sockaddr)
    {
        var port = BinaryPrimitives.ReadUInt16BigEndian(sockaddr[2..]);
        return _family == AddressFamily.InterNetworkV6
            ? EndpointKey.FromIPv6(sockaddr.Slice(8, 16), BitConverter.ToUInt32(sockaddr[24..]), port)
            : EndpointKey.FromIPv4(sockaddr.Slice(4, 4), port);
    }
}
