using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace ReactiveLink.Transport;

/// <summary>Opens the system's sockets as the options say. Every failure is a <see cref="LinkOpenException"/> that says what failed and what to do.</summary>
internal sealed class UdpSocketFactory(UdpBinding binding, ILogger logger, LinuxFeatures allowed = LinuxFeatures.All) : IUdpSocketFactory
{
    // Windows: SIO_UDP_CONNRESET. Off, or an ICMP "port unreachable" fails the next receive.
    private const int SioUdpConnectionReset = unchecked((int)0x9800000C);

    private static readonly Lazy<bool> BatchesReceive = new(LinuxNative.CanReceiveMessages);

    private readonly UdpTransportOptions _options = binding.Options;

    /// <inheritdoc/>
    public IUdpSocket Open(UdpEndpoint local)
    {
        Socket? socket = null;
        try
        {
            socket = new Socket(local.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            Configure(socket, out var features);
            Bind(socket, local);
            MulticastSetup.Apply(socket, binding);
            var connected = binding.Connects ? binding.Remote : null;
            if (connected is not null)
            {
                socket.Connect(binding.DualStack ? new IPEndPoint(connected.Address.MapToIPv6(), connected.Port) : connected.ToIPEndPoint());
            }

            IUdpSocket opened = features.HasFlag(LinuxFeatures.Batches)
                ? new LinuxUdpSocket(socket, connected, _options, features, new MulticastFilter(_options.MulticastGroups.IsDefault ? [] : _options.MulticastGroups)).WithBatchedSends(_options.SendSegmentation)
                : new PortableUdpSocket(socket, connected, _options);
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

    /// <summary>What this transport wants of Linux; which of it there is, each socket finds out.</summary>
    private LinuxFeatures WantedFeatures()
    {
        var wanted = allowed;
        if (_options.Engine == SocketEngine.Portable || !BatchesReceive.Value)
        {
            wanted &= ~LinuxFeatures.Batches;
        }

        if (!_options.ReceiveCoalescing)
        {
            wanted &= ~LinuxFeatures.Coalescing;
        }

        if (!_options.PromptKernelDrops)
        {
            wanted &= ~LinuxFeatures.DropCounts;
        }

        if (!ReceiveClock.MayUseSystemTime(_options))
        {
            wanted &= ~LinuxFeatures.Timestamps;
        }

        return wanted;
    }

    private void Configure(Socket socket, out LinuxFeatures features)
    {
        features = LinuxFeatures.None;
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
            features = LinuxSocketOptions.Enable(socket, WantedFeatures());
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
        if (_options.ForceReceiveBuffer && OperatingSystem.IsLinux())
        {
            LinuxSocketOptions.TryForceReceiveBuffer(socket, _options.ReceiveBufferSize);
        }

        // Linux doubles what is asked for, for its own bookkeeping (socket(7)).
        var granted = socket.ReceiveBufferSize / (OperatingSystem.IsLinux() ? 2 : 1);
        if (granted < _options.ReceiveBufferSize)
        {
            TransportLog.Guarded(logger, l => TransportLog.ReceiveBufferSmaller(l, _options.ReceiveBufferSize, granted));
        }
    }
}
