using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using ReactiveLink.Transport;

namespace ReactiveLink.Tests.Transport;

/// <summary>Transports and plain sockets for tests of the receive engines.</summary>
internal static class Transports
{
    private const int SolUdp = 17;
    private const int UdpSegment = 103;

    /// <summary>A listener that may use only some of what Linux offers, as on a kernel that has no more.</summary>
    public static UdpTransport Listen(string endpoint, LinuxFeatures allowed, Func<UdpTransportOptions, UdpTransportOptions>? configure = null)
    {
        var options = new UdpTransportOptions { Local = EndpointText.Parse(endpoint) };
        return Over(configure?.Invoke(options) ?? options, binding => new UdpSocketFactory(binding, NullLogger.Instance, allowed));
    }

    /// <summary>A transport on an engine of the test's making.</summary>
    public static UdpTransport Over(UdpTransportOptions options, Func<UdpBinding, IUdpSocketFactory> factory)
    {
        options.Validate();
        var binding = UdpBinding.Resolve(options);
        return new UdpTransport(options, binding.Local, binding.Remote, binding.MaximumPayloadSize, factory(binding));
    }

    public static Socket Plain(IPAddress? address = null)
    {
        var socket = new Socket((address ?? IPAddress.Loopback).AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(address ?? IPAddress.Loopback, 0));
        return socket;
    }

    /// <summary>Sends one buffer as datagrams of a size; on the loopback interface they reach a coalescing receiver in one piece.</summary>
    public static void SendSegments(this Socket sender, byte[] bytes, int size, UdpEndpoint to)
    {
        sender.SetRawSocketOption(SolUdp, UdpSegment, BitConverter.GetBytes(size));
        sender.SendTo(bytes, to.ToIPEndPoint());
        sender.SetRawSocketOption(SolUdp, UdpSegment, BitConverter.GetBytes(0));
    }

    public static byte[] Random(int size, int seed)
    {
        var bytes = new byte[size];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    public static Recorder<T> Record<T>(IObservable<T> source, Action<T>? onNext = null)
    {
        var recorder = new Recorder<T>(onNext);
        source.Subscribe(recorder);
        return recorder;
    }
}

/// <summary>Opens Linux sockets with receive buffers of a chosen size.</summary>
internal sealed class SmallBufferFactory(UdpTransportOptions options, LinuxFeatures features, int bufferSize) : IUdpSocketFactory
{
    public IUdpSocket Open(UdpEndpoint local)
    {
        var socket = new Socket(local.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        var enabled = LinuxSocketOptions.Enable(socket, features);
        socket.Bind(local.ToIPEndPoint());
        return new LinuxUdpSocket(socket, connected: null, options, enabled, filter: null, bufferSize);
    }
}
