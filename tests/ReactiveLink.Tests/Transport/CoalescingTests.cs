using System.Net;
using ReactiveLink.Transport;

namespace ReactiveLink.Tests.Transport;

/// <summary>UDP_GRO on real sockets: the loopback interface carries a segmented send to the receiver in one piece.</summary>
[Needs(Capability.Linux)]
public sealed class CoalescingTests
{
    private static readonly UdpTransportOptions Options = new() { Local = EndpointText.Parse("127.0.0.1:0") };

    /// <summary>What the engine gets from the system, before the transport takes it apart.</summary>
    private static (int Length, int SegmentSize) First(IUdpSocket socket)
    {
        Assert.Null(socket.Receive(out var batch));
        return (batch[0].Length, batch[0].SegmentSize);
    }

    private static List<int> Split(int length, int segment) =>
        [.. Enumerable.Repeat(segment, length / segment), .. length % segment == 0 ? Array.Empty<int>() : [length % segment]];

    [CapableFact]
    public void The_system_coalesces_and_without_the_option_it_does_not()
    {
        using var on = new SmallBufferFactory(Options, LinuxFeatures.Batches | LinuxFeatures.Coalescing, 65535).Open(new UdpEndpoint(IPAddress.Loopback, 0));
        using var off = new SmallBufferFactory(Options, LinuxFeatures.Batches, 65535).Open(new UdpEndpoint(IPAddress.Loopback, 0));
        using var sender = Transports.Plain();
        foreach (var socket in new[] { on, off })
        {
            sender.SendSegments(new byte[950], 100, socket.LocalEndpoint);
        }

        Assert.Equal((950, 100), First(on));
        Assert.Equal((100, 0), First(off));
    }

    [CapableTheory]
    [InlineData(640, 10)]
    [InlineData(6400, 100)]
    [InlineData(6399, 100)]
    [InlineData(6301, 100)]
    [InlineData(101, 100)]
    [InlineData(100, 100)]
    [InlineData(65_000, 1400)]
    [InlineData(65_507, 32_000)]
    public void Sizes_order_and_remote_are_kept_with_and_without(int length, int segment)
    {
        var bytes = Transports.Random(length, segment);
        foreach (var coalesce in new[] { true, false })
        {
            using var transport = UdpTransport.Listen("127.0.0.1:0", o => o with { ReceiveCoalescing = coalesce });
            using var sender = Transports.Plain();
            using var stranger = Transports.Plain();
            var datagrams = Transports.Record(transport.Datagrams);
            transport.Start();

            stranger.SendTo([1], transport.LocalEndpoint.ToIPEndPoint());
            sender.SendSegments(bytes, segment, transport.LocalEndpoint);
            stranger.SendTo([2], transport.LocalEndpoint.ToIPEndPoint());

            var sizes = Split(length, segment);
            datagrams.WaitForCount(sizes.Count + 2);
            var between = datagrams.Values[1..^1];
            Assert.Equal(sizes, between.Select(d => d.Payload.Length));
            Assert.Equal(bytes, between.SelectMany(d => d.ToArray()));
            Assert.All(between, d => Assert.Equal(UdpEndpoint.From((IPEndPoint)sender.LocalEndPoint!), d.Remote));
            Assert.Equal(sizes.Count + 2, transport.GetStatistics().Ledger.Delivered);
        }
    }

    [CapableFact]
    [Needs(Capability.IPv6)]
    public void IPv6_and_dual_stack_sockets_coalesce_too()
    {
        using var transport = UdpTransport.Listen("[::]:0");
        using var v4 = Transports.Plain();
        using var v6 = Transports.Plain(IPAddress.IPv6Loopback);
        var datagrams = Transports.Record(transport.Datagrams);
        transport.Start();

        v4.SendSegments(Transports.Random(950, 1), 100, new UdpEndpoint(IPAddress.Loopback, transport.LocalEndpoint.Port));
        datagrams.WaitForCount(10);
        v6.SendSegments(Transports.Random(950, 2), 100, new UdpEndpoint(IPAddress.IPv6Loopback, transport.LocalEndpoint.Port));
        datagrams.WaitForCount(20);

        Assert.Equal(Transports.Random(950, 1), datagrams.Values[..10].SelectMany(d => d.ToArray()));
        Assert.Equal(Transports.Random(950, 2), datagrams.Values[10..].SelectMany(d => d.ToArray()));
    }

    [CapableFact]
    public void Kept_payloads_stay_as_they_were_and_keep_one_slab()
    {
        using var transport = UdpTransport.Listen("127.0.0.1:0");
        using var sender = Transports.Plain();
        var datagrams = Transports.Record(transport.Datagrams);
        transport.Start();
        var sent = new List<byte[]>();
        for (var i = 1; i <= 100; i++)
        {
            sent.Add(Transports.Random(30 * (10 + i), i));
            sender.SendSegments(sent[^1], 10 + i, transport.LocalEndpoint);
            datagrams.WaitForCount(30 * i);
        }

        Assert.Equal(sent.SelectMany(s => s), datagrams.Values.SelectMany(d => d.ToArray()));
        Assert.All(datagrams.Values, d =>
        {
            Assert.True(System.Runtime.InteropServices.MemoryMarshal.TryGetArray(d.Payload, out var slab));
            Assert.InRange(slab.Array!.Length, 1, 64 * 1024);
        });
    }

    [CapableTheory]
    [InlineData(true, 250)]
    [InlineData(false, 70)]
    public void A_buffer_too_small_cuts_and_the_ledger_stays_exact(bool coalesce, int bufferSize)
    {
        var features = LinuxFeatures.Batches | (coalesce ? LinuxFeatures.Coalescing : LinuxFeatures.None);
        using var transport = Transports.Over(Options, _ => new SmallBufferFactory(Options, features, bufferSize));
        using var sender = Transports.Plain();
        var datagrams = Transports.Record(transport.Datagrams);
        var faults = Transports.Record(transport.Faults);
        transport.Start();

        sender.SendSegments(Transports.Random(950, 1), 100, transport.LocalEndpoint);
        sender.SendTo([7], transport.LocalEndpoint.ToIPEndPoint());

        // 250 bytes hold two of the ten; 70 bytes none of 100 but the last of 50.
        var whole = coalesce ? 2 : 1;
        datagrams.WaitForCount(whole + 1);
        faults.WaitForCount(10 - whole);
        var ledger = transport.GetStatistics().Ledger;
        Assert.Equal((11, whole + 1, 10 - whole, 0), (ledger.Received, ledger.Delivered, ledger.Dropped[FaultReason.Truncated], ledger.Unexplained));
    }

    [CapableFact]
    public void The_portable_engine_gets_the_same_datagrams()
    {
        using var transport = UdpTransport.Listen("127.0.0.1:0", o => o with { Engine = SocketEngine.Portable });
        using var sender = Transports.Plain();
        var datagrams = Transports.Record(transport.Datagrams);
        transport.Start();

        sender.SendSegments(Transports.Random(950, 1), 100, transport.LocalEndpoint);

        datagrams.WaitForCount(10);
        Assert.Equal(Split(950, 100), datagrams.Values.Select(d => d.Payload.Length));
        Assert.Equal(Transports.Random(950, 1), datagrams.Values.SelectMany(d => d.ToArray()));
    }
}
