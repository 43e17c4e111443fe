using System.Net.Sockets;
using ReactiveLink.Tests.Support;

namespace ReactiveLink.Tests.Links;

/// <summary>What the receive path of a link allocates on a real socket: the payloads' bytes, and next to nothing else.</summary>
public sealed class UdpLinkAllocationTests
{
    private const int Warm = 3_000;
    private const int Count = 20_000;

    [Fact]
    public async Task Frames_of_64_bytes_cost_their_own_bytes_and_at_most_8_more()
    {
        using var link = UdpLink.Open("127.0.0.1:0");
        var received = 0;
        long before = 0;
        var perDatagram = new TaskCompletionSource<double>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var turn = new SemaphoreSlim(0);
        using var subscription = link.Frames.Subscribe(frame =>
        {
            received++;
            if (received == Warm)
            {
                before = GC.GetAllocatedBytesForCurrentThread();
            }
            else if (received == Warm + Count)
            {
                perDatagram.TrySetResult((GC.GetAllocatedBytesForCurrentThread() - before) / (double)Count);
            }

            if (received % 100 == 0)
            {
                turn.Release();
            }
        });
        await Send(link.LocalEndpoint, turn);

        var bytes = await Deadline.Within(perDatagram.Task);
        Assert.InRange(bytes, 0, 64 + 8);
    }

    /// <summary>A hundred at a time, so that the system drops none.</summary>
    private static async Task Send(UdpEndpoint to, SemaphoreSlim turn)
    {
        var payload = new byte[56];
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        for (uint i = 0; i < Warm + Count; i++)
        {
            socket.SendTo(Wire.Frame(i, payload), to.ToIPEndPoint());
            if (i % 100 == 99)
            {
                Assert.True(await turn.WaitAsync(Deadline.Time));
            }
        }
    }
}
