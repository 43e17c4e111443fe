using System.Globalization;

namespace ReactiveLink.Testing.Tests.Capture;

/// <summary>
/// Mutated captures: no exception but ours, a balanced account, bounded output. 20,000 in the suite; more with <c>REACTIVELINK_FUZZ_INPUTS</c>.
/// </summary>
public sealed class CaptureFuzzTests
{
    private static readonly uint[] Interesting =
    [
        0, 1, 3, 4, 7, 8, 11, 12, 16, 20, 28, 0x7F, 0x80, 0xFF, 0xFFFF, 0x10000, 0x3FFFC, 0x40000, 0x40004, 0x7FFFFFFC, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFC, uint.MaxValue,
    ];

    [Fact]
    public void No_mutation_escapes()
    {
        var inputs = int.Parse(Environment.GetEnvironmentVariable("REACTIVELINK_FUZZ_INPUTS") ?? "20000", CultureInfo.InvariantCulture);
        var seeds = Seeds();
        var (datagrams, errors) = (0L, 0);
        for (var n = 0; n < inputs; n++)
        {
            var random = new SeededRandom((ulong)n);
            var input = Mutate(seeds, random);
            try
            {
                var (delivered, failed) = Read(input);
                datagrams += delivered;
                errors += failed ? 1 : 0;
            }
            catch (Exception exception)
            {
                Assert.Fail($"Input {n}: {exception}\n{Convert.ToHexString(input)}");
            }
        }

        // The mutations are neither all refused at the door nor harmless.
        Assert.InRange(errors, inputs / 20, inputs - (inputs / 20));
        Assert.InRange(datagrams, inputs / 2, long.MaxValue);
    }

    [Fact]
    public void Every_truncation_of_every_seed_is_told_or_ends_between_records()
    {
        foreach (var seed in Seeds())
        {
            for (var length = 0; length < seed.Length; length++)
            {
                Read(seed[..length]);
            }
        }
    }

    private static (long Delivered, bool Failed) Read(byte[] input)
    {
        var account = default(CaptureStatistics);
        var (count, bytes, faults) = (0L, 0L, 0L);
        Exception? error = null;
        var completed = false;
        var before = GC.GetAllocatedBytesForCurrentThread();
        using var subscription = CaptureFile
            .Read(
                () => new MemoryStream(input),
                new CaptureReadOptions { MaximumReassemblies = 2 },
                System.Reactive.Observer.Create<Fault>(_ => faults++),
                System.Reactive.Observer.Create<CaptureStatistics>(s => account = s))
            .Subscribe(
                d =>
                {
                    count++;
                    bytes += d.Payload.Length;
                    Assert.InRange(d.Payload.Length, 0, 65_535);
                },
                e => error = e,
                () => completed = true);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.True(completed ^ error is not null);
        if (error is not null)
        {
            Assert.InRange(Assert.IsType<CaptureException>(error).Offset, 0, input.Length);
        }

        if (account is { } s)
        {
            Assert.Equal((count, bytes), (s.Datagrams, s.Bytes));
            Assert.Equal(s.Packets + s.Reassembled, s.Datagrams + s.NotUdp + s.UnknownLink + s.Filtered + s.Cut + s.Malformed + s.Fragments);
            Assert.Equal(faults, s.Cut + s.Malformed + s.Incomplete);
        }

        // Two buffers of at most a packet, a few assemblies, and what the input's own size pays for.
        Assert.InRange(allocated, 0, 1_000_000 + (input.Length * 100L));
        return (count, error is not null);
    }

    private static byte[] Mutate(byte[][] seeds, SeededRandom random)
    {
        List<byte> bytes = [.. seeds[random.NextInt32(seeds.Length)]];
        var mutations = random.NextInt32(6);
        for (var i = 0; i <= mutations && bytes.Count != 0; i++)
        {
            var at = random.NextInt32(bytes.Count);
            var word = at & ~3;
            switch (random.NextInt32(9))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.NextInt32(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.NextInt32(256);
                    break;
                case 2 or 3 when word + 4 <= bytes.Count:
                    Put(bytes, word, Interesting[random.NextInt32(Interesting.Length)], random.NextInt32(2) == 0);
                    break;
                case 4 when word + 4 <= bytes.Count:
                    Put(bytes, word, BitConverter.ToUInt32([.. bytes.GetRange(word, 4)]) + (uint)(random.NextInt32(9) - 4), big: false);
                    break;
                case 5:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                case 6:
                    bytes.RemoveRange(word, Math.Min(4 * (1 + random.NextInt32(8)), bytes.Count - word));
                    break;
                case 7:
                    bytes.InsertRange(word, bytes.GetRange(at, Math.Min(1 + random.NextInt32(200), bytes.Count - at)));
                    break;
                case 8:
                    bytes.AddRange(seeds[random.NextInt32(seeds.Length)]);
                    break;
            }
        }

        return [.. bytes];
    }

    private static void Put(List<byte> bytes, int at, uint value, bool big)
    {
        var word = big ? Packets.Big32(value) : BitConverter.GetBytes(value);
        for (var i = 0; i < 4; i++)
        {
            bytes[at + i] = word[i];
        }
    }

    private static byte[][] Seeds()
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
