using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace ReactiveLink.Endurance.Tests.Network;

/// <summary>A thread that sends 0, 1, 2, … one by one, whatever the network says of it.</summary>
internal sealed class NumberedStream : IDisposable
{
    private readonly ManualResetEvent _stop = new(initialState: false);
    private readonly Thread _thread;
    private long _next;
    private long _refused;

    public NumberedStream(Socket from, IPEndPoint to, TimeSpan every)
    {
        _thread = new Thread(() => Send(from, to, every)) { IsBackground = true };
        _thread.Start();
    }

    /// <summary>The number that is sent next: what is received from now on has it, or a higher one.</summary>
    public long Next => Interlocked.Read(ref _next);

    /// <summary>Sends that the system refused: the numbers are missing then.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    public static long NumberOf(Datagram datagram) => BinaryPrimitives.ReadInt64BigEndian(datagram.Payload.Span);

    public static void Write(Span<byte> payload, long number) => BinaryPrimitives.WriteInt64BigEndian(payload, number);

    /// <summary>Stops, after the datagram in progress.</summary>
    public void Dispose()
    {
        _stop.Set();
        _thread.Join();
    }

    private void Send(Socket from, IPEndPoint to, TimeSpan every)
    {
        var payload = new byte[sizeof(long)];
        while (!_stop.WaitOne(every))
        {
            Write(payload, _next);
            try
            {
                from.SendTo(payload, to);
            }
            catch (SocketException)
            {
                Interlocked.Increment(ref _refused);
            }

            Interlocked.Increment(ref _next);
        }
    }
}
