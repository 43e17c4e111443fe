using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace ReactiveLink.Transport;

/// <summary>Opens the system's sockets as the options say. Every failure is a <see cref="LinkOpenException"/> that says what failed and what to do.</summary>
internal sealed class UdpSocketFactory(UdpBinding binding, ILogger logger) : IUdpSocketFactory
{
    // Windows: SIO_UDP_CONNRESET. Off, or an ICMP "port unreachable" fails the next receive.
    private const int SioUdpConnectionReset = unchecked((int)0x9800000C);

    // Linux: by default a socket gets the datagrams of every group that any socket of the machine joined (ip(7), IP_MULTICAST_ALL).
    private const int SolIp = 0;
    private const int IpMulticastAll = 49;
    private const int SolIPv6 = 41;
    private const int IPv6MulticastAll = 29;

    private static readonly Lazy<bool> BatchesReceive = new(LinuxNative.CanReceiveMessages);

    private readonly UdpTransportOptions _options = binding.Options;

    /// <inheritdoc/>
    public IUdpSocket Open(UdpEndpoint local)
    {
        Socket? socket = null;
        try
        {
            socket = new Socket(local.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            Configure(socket);
            Bind(socket, local);
            MulticastSetup.Apply(socket, binding);
            var connected = binding.Connects ? binding.Remote : null;
            if (connected is not null)
            {
                socket.Connect(binding.DualStack ? new IPEndPoint(connected.Address.MapToIPv6(), connected.Port) : connected.ToIPEndPoint());
            }

            IUdpSocket opened = _options.Engine == SocketEngine.Automatic && BatchesReceive.Value
                ? new LinuxUdpSocket(socket, connected, _options.MaximumDatagramSize).WithBatchedSends(_options.SendSegmentation)
                : new PortableUdpSocket(socket, connected, _options.MaximumDatagramSize);
            socket = null;
            return opened;
        }
        catch (SocketException exception)
        {
            throw new LinkOpenException($"The UDP socket for {local} cannot be opened: {exception.Message}.", exception);
        }
        finally
        {
            socket?.Dispose();
        }
    }

    private static void Bind(Socket socket, UdpEndpoint local)
    {
        try
        {
            socket.Bind(local.ToIPEndPoint());
        }
        catch (SocketException exception)
        {
            var why = exception.SocketErrorCode switch
            {
                SocketError.AddressAlreadyInUse =>
                    $"Port {local.Port} is in use on {local.Address}. Choose another port, or 0 for any free one, or stop the program that uses it.",
                SocketError.AddressNotAvailable =>
                    $"The address {local.Address} is not one of this machine. Bind one of its own addresses, or * for all of them.",
                SocketError.AccessDenied =>
                    $"Binding {local} is not permitted. Choose a port above 1023, or grant the permission.",
                _ => $"The local endpoint {local} cannot be bound: {exception.Message}.",
            };
            throw new LinkOpenException(why, exception);
        }
    }

    private void Configure(Socket socket)
    {
        var v6 = socket.AddressFamily == AddressFamily.InterNetworkV6;
        if (v6)
        {
            socket.DualMode = binding.DualStack;
        }

        if (_options.ReuseAddress)
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, optionValue: true);
        }

        if (_options.Broadcast && (!v6 || binding.DualStack))
        {
            socket.EnableBroadcast = true;
        }

        if (OperatingSystem.IsWindows())
        {
            socket.IOControl(SioUdpConnectionReset, [0, 0, 0, 0], optionOutValue: null);
        }
        else if (OperatingSystem.IsLinux())
        {
            TrySetRaw(socket, SolIp, IpMulticastAll);
            if (v6)
            {
                TrySetRaw(socket, SolIPv6, IPv6MulticastAll);
            }
        }

        SetBuffers(socket);
    }

    private void SetBuffers(Socket socket)
    {
        if (_options.SendBufferSize > 0)
        {
            socket.SendBufferSize = _options.SendBufferSize;
        }

        if (_options.ReceiveBufferSize == 0)
        {
            return;
        }

        socket.ReceiveBufferSize = _options.ReceiveBufferSize;

        // Linux doubles what is asked for, for its own bookkeeping (socket(7)).
        var granted = socket.ReceiveBufferSize / (OperatingSystem.IsLinux() ? 2 : 1);
        if (granted < _options.ReceiveBufferSize)
        {
            TransportLog.Guarded(logger, l => TransportLog.ReceiveBufferSmaller(l, _options.ReceiveBufferSize, granted));
        }
    }

    private static void TrySetRaw(Socket socket, int level, int name)
    {
        try
        {
            socket.SetRawSocketOption(level, name, [0, 0, 0, 0]);
        }
        catch (SocketException)
        {
            // A kernel older than the option: it filters as it can.
        }
    }
}
