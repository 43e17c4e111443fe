using System.Net.Sockets;
using System.Reactive.Linq;

namespace ReactiveLink.Benchmarks.Receive;

/// <summary>An async loop over <c>UdpClient.ReceiveAsync()</c>.</summary>
internal sealed class UdpClientReceiveAsync : IReceiveContestant
{
    private long _received;

    public string Name => "UdpClient.ReceiveAsync";

    public long Received => Volatile.Read(ref _received);

    public int Start(int receiveBufferBytes)
    {
        var client = new UdpClient { Client = Loopback.Bind(receiveBufferBytes) };
        _ = Task.Run(async () =>
        {
            while (true)
            {
                await client.ReceiveAsync();
                Volatile.Write(ref _received, _received + 1);
            }
        });
        return Loopback.PortOf(client.Client);
    }
}

/// <summary><c>Observable.FromAsync(udp.ReceiveAsync).Repeat()</c>: how UDP is commonly brought into Rx.</summary>
internal sealed class FromAsyncRepeat : IReceiveContestant
{
    private long _received;

    public string Name => "FromAsync.Repeat";

    public long Received => Volatile.Read(ref _received);

    public int Start(int receiveBufferBytes)
    {
        var client = new UdpClient { Client = Loopback.Bind(receiveBufferBytes) };
        Observable.FromAsync(client.ReceiveAsync).Repeat().Subscribe(_ => Volatile.Write(ref _received, _received + 1));
        return Loopback.PortOf(client.Client);
    }
}
