using System.Net;
using System.Net.Sockets;
using ReactiveLink.Tests.Transport;
using Xunit.Abstractions;

namespace ReactiveLink.Endurance.Tests.Network;

/// <summary>A receive buffer that overflows: what was sent is received or a kernel drop, to the last datagram, and the system's own figure says the same.</summary>
public sealed class KernelDropTests(ITestOutputHelper output)
{
    private const int Port = 9000;
    private const int Sent = 20_000;
    private const int Size = 64;
    private const int Segments = 40;
    private const int UdpLevel = 17;
    private const int UdpSegment = 103;

    private static readonly IPEndPoint Near = new(TwoHosts.NearAddress, Port);

    /// <summary>Engine, whether drops are asked for with each datagram, whether the sender segments.</summary>
    public static TheoryData<SocketEngine, bool, bool> Kinds { get; } = new()
    {
        { SocketEngine.Automatic, true, false },
        { SocketEngine.Automatic, false, false },
        { SocketEngine.Automatic, true, true },
        { SocketEngine.Automatic, false, true },
        { SocketEngine.Portable, false, false },
        { SocketEngine.Portable, false, true },
    };

    [NamespaceTheory]
    [MemberData(nameof(Kinds))]
    public void Drops_are_counted_exactly(SocketEngine engine, bool prompt, bool segmented)
    {
        using var hosts = new TwoHosts();
        var slow = 0;
        var transport = hosts.NearTransport(
            new UdpTransportOptions
            {
                Local = EndpointText.Parse(Near.ToString()),
                Engine = engine,
                PromptKernelDrops = prompt,
                ReceiveCoalescing = false,
                ReceiveBufferSize = 16 * 1024,
            },
            _ => Thread.SpinWait(Interlocked.Increment(ref slow) % 64 == 0 ? 20_000 : 1));
        var sender = hosts.FarSocket();
        Send(sender, segmented);
        Eventually.True(() => transport.Transport.GetStatistics().Ledger.Received + hosts.LostByCable() >= Sent, "every datagram is received or a kernel drop");

        var ledger = transport.Transport.GetStatistics().Ledger;
        var lost = hosts.LostByCable();
        Assert.Equal((Sent - lost, 0), (ledger.Received, ledger.Unexplained));
        var drops = ledger.Dropped[FaultReason.KernelDrop];
        Assert.InRange(drops, 1, Sent - 1);
        Assert.Equal(drops, hosts.DropsShown(Port));
        transport.Datagrams.WaitForCount((int)ledger.Delivered);
        transport.Faults.WaitFor(faults => faults.Sum(f => f.Count) == drops, "the faults sum up to the drops");
        transport.AssertAlive();
        Assert.Equal(Sent - lost - drops, transport.Datagrams.Values.Select(NumberedStream.NumberOf).Distinct().Count());
        Assert.All(transport.Faults.Values, f => Assert.Equal(FaultReason.KernelDrop, f.Reason));
        output.WriteLine($"{Sent} sent = {ledger.Delivered} delivered + {drops} dropped by the kernel + {lost} lost on the way, told in {transport.Faults.Values.Count} faults");
    }

    /// <summary>Numbered datagrams, flat out.</summary>
    private static void Send(Socket sender, bool segmented)
    {
        var batch = segmented ? Segments : 1;
        if (segmented)
        {
            sender.SetRawSocketOption(UdpLevel, UdpSegment, BitConverter.GetBytes(Size));
        }

        var payload = new byte[batch * Size];
        for (var number = 0; number < Sent; number += batch)
        {
            for (var i = 0; i < batch; i++)
            {
                NumberedStream.Write(payload.AsSpan(i * Size), number + i);
            }

            sender.SendTo(payload, Near);
        }
    }
}
