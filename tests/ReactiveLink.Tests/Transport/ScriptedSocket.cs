using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using ReactiveLink.Transport;

namespace ReactiveLink.Tests.Transport;

/// <summary>A socket that does what a test tells it: gives datagrams and errors in order, then blocks until closed.</summary>
internal sealed class ScriptedSocket : IUdpSocket
{
    private readonly BlockingCollection<object> _script = [];
    private readonly ConcurrentQueue<SocketException?> _sendErrors = new();
    private readonly ReceivedDatagram[] _batch = new ReceivedDatagram[1];

    public static UdpEndpoint Peer { get; } = new(IPAddress.Parse("192.0.2.7"), 7);

    public UdpEndpoint LocalEndpoint { get; init; } = new(IPAddress.Loopback, 4000);

    public uint? Drops { get; set; } = 0;

    public bool IsDisposed { get; private set; }

    public int Sent { get; private set; }

    /// <summary>Called before each send.</summary>
    public Action? Sending { get; set; }

    public ScriptedSocket Then(params SocketError[] errors)
    {
        foreach (var error in errors)
        {
            _script.Add(new SocketException((int)error));
        }

        return this;
    }

    public ScriptedSocket Then(params byte[] payload)
    {
        _script.Add(new ReceivedDatagram(payload, in Peer.Key));
        return this;
    }

    public ScriptedSocket Then(params ReceivedDatagram[] datagrams)
    {
        foreach (var datagram in datagrams)
        {
            _script.Add(datagram);
        }

        return this;
    }

    public ScriptedSocket ThenRefused(FaultReason reason)
    {
        _script.Add(new ReceivedDatagram(default, in Peer.Key, reason));
        return this;
    }

    public ScriptedSocket ThenThrow(Exception exception)
    {
        _script.Add(exception);
        return this;
    }

    public ScriptedSocket OnSend(params SocketError[] errors)
    {
        foreach (var error in errors)
        {
            _sendErrors.Enqueue(error == SocketError.Success ? null : new SocketException((int)error));
        }

        return this;
    }

    public SocketException? Receive(out ReadOnlySpan<ReceivedDatagram> batch)
    {
        batch = default;
        if (!_script.TryTake(out var step, Timeout.Infinite))
        {
            return new SocketException((int)SocketError.OperationAborted);
        }

        switch (step)
        {
            case ReceivedDatagram datagram:
                _batch[0] = datagram;
                batch = _batch;
                return null;
            case SocketException error:
                return error;
            default:
                throw (Exception)step;
        }
    }

    public SocketException? Send(ReadOnlySpan<byte> payload, UdpEndpoint destination)
    {
        Sending?.Invoke();
        if (_sendErrors.TryDequeue(out var error) && error is not null)
        {
            return error;
        }

        Sent++;
        return null;
    }

    public bool TryReadKernelDrops(out uint drops)
    {
        drops = Drops ?? 0;
        return Drops is not null;
    }

    public void Dispose()
    {
        IsDisposed = true;
        _script.CompleteAdding();
    }
}

/// <summary>Opens scripted sockets, or fails, in the order told.</summary>
internal sealed class ScriptedFactory(params object[] outcomes) : IUdpSocketFactory
{
    private readonly ConcurrentQueue<object> _outcomes = new(outcomes);

    public ConcurrentQueue<UdpEndpoint> Opened { get; } = new();

    public IUdpSocket Open(UdpEndpoint local)
    {
        Opened.Enqueue(local);
        return _outcomes.TryDequeue(out var outcome) && outcome is ScriptedSocket socket
            ? socket
            : throw outcome as Exception ?? new LinkOpenException("nothing left to open");
    }
}
