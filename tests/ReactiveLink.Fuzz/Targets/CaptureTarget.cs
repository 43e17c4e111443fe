using System.Net;
using System.Reactive;
using System.Reactive.Linq;
using ReactiveLink.Testing.Tests.Capture;
using static ReactiveLink.Fuzz.FuzzException;

namespace ReactiveLink.Fuzz;

/// <summary>
/// Captures of every kind, whole files as inputs: no exception but ours, with an offset within the file; a balanced account; nothing larger than a datagram. What was
/// read is written as pcapng and read again.
/// </summary>
internal sealed class CaptureTarget : FuzzTarget
{
    private static readonly UdpEndpoint Local = new(IPAddress.Loopback, 9000);

    private readonly Mutator _mutator = new([], maximumLength: 400_000);

    /// <summary>Captures to begin with.</summary>
    public static byte[][] Seeds { get; } = MakeSeeds();

    public override string Name => "captures";

    public override byte[] Generate(SeededRandom random) =>
        _mutator.Mutate(Seeds[random.NextInt32(Seeds.Length)], random, random.NextInt32(4) == 0 ? Seeds[random.NextInt32(Seeds.Length)] : []);

    public override bool Check(byte[] input)
    {
        var (account, error, datagrams) = Read(input, out var faults);
        if (error is not null)
        {
            Require(error is CaptureException capture && capture.Offset >= 0 && capture.Offset <= input.Length);
        }

        if (account is not null)
        {
            Equal((datagrams.Count, datagrams.Sum(datagram => (long)datagram.Payload.Length)), (account.Datagrams, account.Bytes));
            Equal(account.Packets + account.Reassembled, account.Datagrams + account.NotUdp + account.UnknownLink + account.Filtered + account.Cut + account.Malformed + account.Fragments);
            Equal(account.Cut + account.Malformed + account.Incomplete, faults);
        }

        CheckWritten(datagrams);
        return error is null;
    }

    private static (CaptureStatistics? Account, Exception? Error, List<Datagram> Datagrams) Read(byte[] input, out long faults)
    {
        CaptureStatistics? account = null;
        Exception? error = null;
        var (completed, told, largest) = (false, 0L, 0);
        var datagrams = new List<Datagram>();
        using var subscription = CaptureFile
            .Read(
                () => new MemoryStream(input),
                new CaptureReadOptions { MaximumReassemblies = 2 },
                Observer.Create<Fault>(_ => told++),
                Observer.Create<CaptureStatistics>(s => account = s))
            .Subscribe(
                datagram =>
                {
                    datagrams.Add(datagram);
                    largest = Math.Max(largest, datagram.Payload.Length);
                },
                e => error = e,
                () => completed = true);
        Require(completed ^ error is not null);
        Require(largest <= 65_535);
        faults = told;
        return (account, error, datagrams);
    }

    private static void CheckWritten(List<Datagram> datagrams)
    {
        if (datagrams.Count == 0)
        {
            return;
        }

        var refused = 0;
        var file = new MemoryStream();
        using (datagrams.ToObservable(System.Reactive.Concurrency.ImmediateScheduler.Instance).WriteCapture(file, Local, faults: Observer.Create<Fault>(fault => refused += Refused(fault))).Subscribe())
        {
            // Writes all.
        }

        var (_, error, again) = Read(file.ToArray(), out _);
        Require(error is null);
        Equal(datagrams.Count - refused, again.Count);
        for (var i = 0; refused == 0 && i < again.Count; i++)
        {
            Require(again[i].Payload.Span.SequenceEqual(datagrams[i].Payload.Span));
            Equal((datagrams[i].Remote, datagrams[i].ReceivedAt, datagrams[i].Elapsed), (again[i].Remote, again[i].ReceivedAt, again[i].Elapsed));
        }
    }

    /// <summary>A payload may be larger than what fits behind the headers that are written.</summary>
    private static int Refused(in Fault fault)
    {
        Equal(FaultReason.Oversize, fault.Reason);
        return 1;
    }

    private static byte[][] MakeSeeds()
    {
        var v4 = Packets.IPv4(Packets.Udp([1, 2, 3, 4, 5]));
        var v6 = Packets.IPv6(Packets.Udp([1, 2, 3]));
        var whole = Packets.Udp(new byte[56]);
        byte[][] parts = [Packets.IPv4(whole[..32], fragment: 0x2000), Packets.IPv4(whole[32..], fragment: 4)];
        byte[][] parts6 =
        [
            Packets.IPv6(Packets.Fragment6(whole[..32], 0, more: true), next: 44),
            Packets.IPv6([17, 0, 0, 0, 0, 0, 0, 0, .. Packets.Udp([])], next: 60),
            Packets.IPv6(Packets.Fragment6(whole[32..], 32, more: false), next: 44),
        ];
        var seeds = new List<byte[]>();
        foreach (var big in new[] { false, true })
        {
            foreach (var (link, packets) in new (int, byte[][])[]
            {
                (101, [v4, v6, .. parts, .. parts6]),
                (1, [Packets.InEthernet(v4, 0x8100), .. parts.Select(p => Packets.InEthernet(p)), Packets.InEthernet(v6)]),
                (113, [Packets.InCooked(v4), Packets.InCooked(v6)]),
                (276, [Packets.InCooked2(v4), Packets.InCooked2(v6)]),
                (0, [Packets.InLoopback(v4, 2, big), Packets.InLoopback(v6, 30, big)]),
            })
            {
                var pcap = new CaptureBuilder(big).PcapHeader(link, nano: big);
                var pcapng = new CaptureBuilder(big).Section().Interface(link, resolution: 9, offset: 3).Interface(link, snapLength: 60);
                foreach (var packet in packets)
                {
                    pcap.PcapPacket(packet);
                    pcapng.Enhanced(packet).Simple(packet).Obsolete(packet, 5, number: 1);
                }

                seeds.Add(pcap.ToArray());
                seeds.Add(pcapng.Block(0x0BAD, b => b.U32(1)).ToArray());
            }
        }

        return [.. seeds];
    }
}
