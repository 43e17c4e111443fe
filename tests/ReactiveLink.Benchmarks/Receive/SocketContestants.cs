using System.Net;
using System.Net.Sockets;

namespace ReactiveLink.Benchmarks.Receive;

/// <summary>A thread blocked in <c>Socket.ReceiveFrom(Span, SocketFlags, SocketAddress)</c>.</summary>
internal sealed class SocketReceiveFrom : IReceiveContestant
{
    private long _received;

    public string Name => "Socket.ReceiveFrom";

    public long Received => Volatile.Read(ref _received);

    public int Start(int receiveBufferBytes)
    {
        var socket = Loopback.Bind(receiveBufferBytes);
        new Thread(() =>
        {
            var buffer = new byte[Loopback.LargestDatagram];
            var remote = new SocketAddress(AddressFamily.InterNetwork);
            while (true)
            {
                socket.ReceiveFrom(buffer, SocketFlags.None, remote);
                Volatile.Write(ref _received, _received + 1);
            }
        })
        { IsBackground = true }.Start();
        return Loopback.PortOf(socket);
    }
}

/// <summary>An async loop over <c>Socket.ReceiveFromAsync(Memory, SocketFlags, SocketAddress)</c>.</summary>
internal sealed class SocketReceiveFromAsync : IReceiveContestant
{
    private long _received;

    public string Name => "Socket.ReceiveFromAsync";

    public long Received => Volatile.Read(ref _received);

    public int Start(int receiveBufferBytes)
    {
        var socket = Loopback.Bind(receiveBufferBytes);
        _ = Task.Run(async () =>
        {
            var buffer = new byte[Loopback.LargestDatagram];
            var remote = new SocketAddress(AddressFamily.InterNetwork);
            while (true)
            {
                await socket.ReceiveFromAsync(buffer, SocketFlags.None, remote);
                Volatile.Write(ref _received, _received + 1);
            }
        });
        return Loopback.PortOf(socket);
    }
}
