using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Reactive.Concurrency;
using Xunit.Abstractions;

namespace ReactiveLink.Endurance.Tests.Network;

/// <summary>"Port unreachable" and the other ICMP messages, ten thousand times a second: they neither end nor slow the stream of datagrams.</summary>
public sealed class PortUnreachableTests(ITestOutputHelper output)
{
    private const int Port = 9000;
    private const int Storm = 10_000;

    private static readonly IPEndPoint Near = new(TwoHosts.NearAddress, Port);
    private static readonly IPEndPoint Far = new(TwoHosts.FarAddress, Port);

    public static TheoryData<bool, SocketEngine> Kinds { get; } = new()
    {
        { true, SocketEngine.Automatic },
        { true, SocketEngine.Portable },
        { false, SocketEngine.Automatic },
        { false, SocketEngine.Portable },
    };

    /// <summary>Type and code of the messages that Linux tells a connected socket of, with and without consequences.</summary>
    public static TheoryData<byte, byte> Messages { get; } = new()
    {
        { 3, 0 }, { 3, 1 }, { 3, 2 }, { 3, 4 }, { 3, 5 }, { 3, 6 }, { 3, 7 }, { 3, 8 }, { 3, 9 }, { 3, 10 }, { 3, 11 }, { 3, 12 }, { 3, 13 }, { 3, 14 }, { 3, 15 },
        { 4, 0 }, { 11, 0 }, { 12, 0 },
    };

    /// <summary>On a clock that stands still: a transport that paused would wait for ever.</summary>
    [NamespaceTheory]
    [MemberData(nameof(Kinds))]
    public void A_storm_does_not_pause_the_receiver(bool connected, SocketEngine engine)
    {
        var statistics = Receive(connected, engine, Packets.PortUnreachable(Near, Far), Storm);
        Assert.Equal(connected, statistics.SocketErrors > 0);
        output.WriteLine($"{statistics.SocketErrors} errors told of {Storm} messages");
    }

    [NamespaceTheory]
    [MemberData(nameof(Messages))]
    public void No_other_message_of_ICMP_pauses_the_receiver_or_costs_its_socket(byte type, byte code)
    {
        Receive(connected: true, SocketEngine.Automatic, Packets.PortUnreachable(Near, Far, type, code), 2000);

        // "Host isolated" and "parameter problem" are errors that .NET has no name for.
        if ((type, code) is not ((3, 8) or (12, 0)))
        {
            Receive(connected: true, SocketEngine.Portable, Packets.PortUnreachable(Near, Far, type, code), 2000);
        }
    }

    /// <summary>Half of the datagrams come in a storm, in turn with the others.</summary>
    [NamespaceTheory]
    [MemberData(nameof(Kinds))]
    public void Datagrams_are_as_quick_in_a_storm(bool connected, SocketEngine engine)
    {
        const int Each = 50;
        using var hosts = new TwoHosts();
        var transport = hosts.NearTransport(Options(connected, engine));
        var remote = hosts.FarSocket(port: Port);
        using var icmp = hosts.Far.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Raw, ProtocolType.Icmp));
        var message = Packets.PortUnreachable(Near, Far);
        var times = new[] { new List<TimeSpan>(), new List<TimeSpan>() };
        var clock = Stopwatch.StartNew();
        for (var i = 0; i < 2 * Each; i++)
        {
            // 20 ms, with or without 200 messages.
            var until = clock.Elapsed + TimeSpan.FromMilliseconds(20);
            for (var sent = 0; clock.Elapsed < until;)
            {
                if (i % 2 == 1 && sent < Storm / 50 * (20 - (until - clock.Elapsed).TotalMilliseconds) / 20)
                {
                    icmp.SendTo(message, Near);
                    sent++;
                }
            }

            var began = clock.Elapsed;
            remote.SendTo([1], Near);
            transport.Datagrams.WaitForCount(i + 1);
            times[i % 2].Add(clock.Elapsed - began);
        }

        transport.AssertAlive();
        var medians = times.Select(t => t.Order().ElementAt(Each / 2).TotalMicroseconds).ToArray();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"median latency {medians[0]:F0} us in calm, {medians[1]:F0} us in a storm"));
        Assert.InRange(medians[1], 0, (20 * medians[0]) + 1000);
    }

    /// <summary>Each send may find the error of an earlier one, and is made again: the remote host counts them all.</summary>
    [NamespaceTheory]
    [MemberData(nameof(Kinds))]
    public void Of_what_is_sent_to_a_closed_port_every_datagram_goes_out(bool connected, SocketEngine engine)
    {
        using var hosts = new TwoHosts();
        hosts.Far.Set("net/ipv4/icmp_ratelimit", 0);
        hosts.Far.Set("net/ipv4/icmp_msgs_per_sec", 1_000_000);
        hosts.Far.Set("net/ipv4/icmp_msgs_burst", 1_000_000);
        var transport = hosts.NearTransport(Options(connected, engine));
        var other = hosts.FarSocket();
        var to = UdpEndpoint.From(Far);
        for (var i = 0; i < Storm; i++)
        {
            transport.Transport.Send([1], to);
        }

        Assert.Equal(Storm, hosts.Far.Run(NoPorts));
        Assert.Equal((Storm, 0), (transport.Transport.GetStatistics().DatagramsSent, transport.Transport.GetStatistics().SendErrors));
        other.SendTo([1], Near);
        if (!connected)
        {
            transport.Datagrams.WaitForCount(1);
            Assert.Equal(0, transport.Transport.GetStatistics().SocketErrors);
        }

        transport.AssertAlive();
    }

    private static TransportStatistics Receive(bool connected, SocketEngine engine, byte[] message, int messages)
    {
        const int Datagrams = 100;
        using var hosts = new TwoHosts();
        var transport = hosts.NearTransport(Options(connected, engine) with { Scheduler = new HistoricalScheduler() });
        var remote = hosts.FarSocket(port: Port);
        using var icmp = hosts.Far.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Raw, ProtocolType.Icmp));
        for (var i = 1; i <= Datagrams; i++)
        {
            for (var j = 0; j < messages / Datagrams; j++)
            {
                icmp.SendTo(message, Near);
            }

            remote.SendTo([1], Near);
            transport.Datagrams.WaitForCount(i);
        }

        transport.AssertAlive();
        Assert.Equal([ConnectionState.Connected], transport.States.Values);
        var statistics = transport.Transport.GetStatistics();
        Assert.Equal((Datagrams, 0, 0), (statistics.Ledger.Received, statistics.Rebinds, statistics.Ledger.TotalDropped));
        return statistics;
    }

    private static UdpTransportOptions Options(bool connected, SocketEngine engine) => new()
    {
        Local = EndpointText.Parse(Near.ToString()),
        Remote = connected ? EndpointText.Parse(Far.ToString()) : null,
        Engine = engine,
    };

    /// <summary>Datagrams that came for a port that nobody has.</summary>
    private static long NoPorts()
    {
        var lines = File.ReadLines("/proc/thread-self/net/snmp").Where(line => line.StartsWith("Udp:", StringComparison.Ordinal)).Select(line => line.Split(' ')).ToArray();
        return long.Parse(lines[1][lines[0].IndexOf("NoPorts")], CultureInfo.InvariantCulture);
    }
}
