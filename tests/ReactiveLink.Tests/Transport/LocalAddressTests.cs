using System.Net;
using ReactiveLink.Transport;

namespace ReactiveLink.Tests.Transport;

/// <summary>One socket and several addresses of the machine: on Linux all of 127.0.0.0/8 are.</summary>
[Needs(Capability.Linux)]
public sealed class LocalAddressTests
{
    private static readonly string[] Own = ["127.0.0.1", "127.0.0.2", "127.1.2.3"];

    private static void ReceivesAt(string endpoint, LinuxFeatures allowed, SocketEngine engine)
    {
        // Joined, so that a filter of groups has something to let in, and must let in what is for the machine itself.
        using var transport = Transports.Listen(
            endpoint, allowed, o => o with { Engine = engine, MulticastGroups = [new MulticastGroup(IPAddress.Parse("239.255.79.1"), "127.0.0.1")] });
        var datagrams = Transports.Record(transport.Datagrams);
        transport.Start();

        for (byte i = 0; i < 9; i++)
        {
            using var sender = Transports.Plain(IPAddress.Parse(Own[i / 3]));
            sender.SendTo([i], new IPEndPoint(IPAddress.Parse(Own[i % 3]), transport.LocalEndpoint.Port));
            datagrams.WaitForCount(i + 1);
            Assert.Equal(UdpEndpoint.From((IPEndPoint)sender.LocalEndPoint!), datagrams.Values[i].Remote);
        }

        Assert.Equal(Enumerable.Range(0, 9), datagrams.Values.Select(d => (int)d.Payload.Span[0]));
        Assert.Equal((9, 9), (transport.GetStatistics().Ledger.Received, transport.GetStatistics().Ledger.Delivered));
    }

    [CapableTheory]
    [InlineData(SocketEngine.Automatic, true)]
    [InlineData(SocketEngine.Automatic, false)]
    [InlineData(SocketEngine.Portable, true)]
    public void A_socket_of_any_address_receives_at_each(SocketEngine engine, bool kernelFilters) =>
        ReceivesAt("0.0.0.0:0", kernelFilters ? LinuxFeatures.All : LinuxFeatures.All & ~LinuxFeatures.MulticastFilter, engine);

    [CapableTheory]
    [Needs(Capability.IPv6)]
    [InlineData(true)]
    [InlineData(false)]
    public void A_dual_stack_socket_does_so_too(bool kernelFilters) =>
        ReceivesAt("[::]:0", kernelFilters ? LinuxFeatures.All : LinuxFeatures.All & ~LinuxFeatures.MulticastFilter, SocketEngine.Automatic);

    [CapableTheory]
    [InlineData(SocketEngine.Automatic)]
    [InlineData(SocketEngine.Portable)]
    public void A_socket_of_one_address_receives_at_that_one_alone_and_answers_from_it(SocketEngine engine)
    {
        var port = Ports.Free();
        using var first = UdpTransport.Listen($"127.0.0.1:{port}", o => o with { Engine = engine });
        using var second = UdpTransport.Listen($"127.0.0.2:{port}", o => o with { Engine = engine });
        using var client = UdpTransport.Connect($"127.0.0.2:{port}", o => o with { Engine = engine });
        var atFirst = Transports.Record(first.Datagrams);
        var atSecond = Transports.Record(second.Datagrams, d => second.Send([2], d.Remote));
        var atClient = Transports.Record(client.Datagrams);
        first.Start();
        second.Start();
        client.Start();

        client.Send([1]);

        atClient.WaitForCount(1);
        Assert.Equal(second.LocalEndpoint, atClient.Values[0].Remote);
        Assert.Single(atSecond.Values);
        Assert.Empty(atFirst.Values);
        Assert.Equal(0, first.GetStatistics().Ledger.Received);
    }
}
