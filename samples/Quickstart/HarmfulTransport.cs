using System.Buffers.Binary;
using System.Reactive.Concurrency;
using ReactiveLink;

namespace Quickstart;

/// <summary>A transport that loses, reorders, doubles and corrupts what is sent over it, by a seed, and keeps the truth.</summary>
internal sealed class HarmfulTransport(IDatagramTransport inner, int seed) : IDatagramTransport
{
    private readonly Random _random = new(seed);
    private readonly Queue<(int After, byte[] Datagram)> _held = new();
    private int _sent;

    public Truth Truth { get; } = new();

    public IObservable<Datagram> Datagrams => inner.Datagrams;

    public IObservable<Fault> Faults => inner.Faults;

    public IObservable<ConnectionState> State => inner.State;

    public ConnectionState CurrentState => inner.CurrentState;

    public UdpEndpoint LocalEndpoint => inner.LocalEndpoint;

    public UdpEndpoint? RemoteEndpoint => inner.RemoteEndpoint;

    public int MaximumPayloadSize => inner.MaximumPayloadSize;

    public IScheduler Scheduler => inner.Scheduler;

    public void Start() => inner.Start();

    public TransportStatistics GetStatistics() => inner.GetStatistics();

    public void Send(ReadOnlySpan<byte> payload, UdpEndpoint? destination = null)
    {
        var datagram = payload.ToArray();
        _sent++;
        while (_held.TryPeek(out var next) && next.After <= _sent)
        {
            _held.Dequeue();
            Emit(next.Datagram, corrupt: false);
        }

        switch (_random.NextDouble())
        {
            case < 0.05:
                Truth.Dropped++;
                break;
            case < 0.09:
                Truth.Delayed++;
                _held.Enqueue((_sent + _random.Next(2, 6), datagram));
                break;
            case < 0.12:
                Truth.Doubled++;
                Emit(datagram, corrupt: false);
                Emit(datagram, corrupt: false);
                break;
            case < 0.15:
                Emit(datagram, corrupt: true);
                break;
            default:
                Emit(datagram, corrupt: false);
                break;
        }
    }

    /// <summary>Lets go of what is still held back.</summary>
    public void Flush()
    {
        while (_held.TryDequeue(out var held))
        {
            Emit(held.Datagram, corrupt: false);
        }
    }

    public void Dispose() => inner.Dispose();

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private void Emit(byte[] datagram, bool corrupt)
    {
        Truth.Record(BinaryPrimitives.ReadUInt32BigEndian(datagram.AsSpan(4)), corrupt);
        if (corrupt)
        {
            datagram = [.. datagram];
            datagram[_random.Next(datagram.Length)] ^= (byte)(1 << _random.Next(8));
        }

        inner.Send(datagram);
    }
}
