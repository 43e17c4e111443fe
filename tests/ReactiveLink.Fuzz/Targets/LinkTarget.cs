using System.Collections.Immutable;
using System.Net;
using System.Reactive.Concurrency;
using System.Text;
using ReactiveLink.Tests.Messages;
using ReactiveLink.Tests.Support;
using static ReactiveLink.Fuzz.FuzzException;

namespace ReactiveLink.Fuzz;

/// <summary>
/// Runs of datagrams through a whole link over a transport in memory. An input is the format, the codec, the cap on peers, and datagrams: a byte for the peer, two for
/// the length, the bytes. The ledger is what the model of frames, the codec and a set of peers say, datagram by datagram; every drop is one fault.
/// </summary>
internal sealed class LinkTarget : FuzzTarget
{
    private static readonly FrameFormat[] Formats = [.. new[] { "crc-seq", "crc-seq", "seq", "crc", "none", "seq-zlib" }.Select(FrameFormat.Parse)];
    private static readonly IMessageCodec[] Codecs = [MessageCodecs.Json, MessageCodecs.Json, MessageCodecs.Text, MessageCodecs.Bytes];
    private static readonly UdpEndpoint[] Peers = [.. Enumerable.Range(1, 4).Select(i => new UdpEndpoint(new IPAddress([192, 0, 2, (byte)i]), 40_000))];
    private static readonly byte[] Envelope = Encoding.UTF8.GetBytes(Wire.Envelope("""{"roll":1.5}"""));
    private static readonly uint[] Sequences = [0, 1, 2, 3, 5, 100, 3005, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF];

    private readonly Mutator _mutator = new(JsonTokens.All);

    public override string Name => "links";

    public override byte[] Generate(SeededRandom random)
    {
        var format = random.NextInt32(Formats.Length);
        List<byte> input = [(byte)format, (byte)random.NextInt32(Codecs.Length), (byte)random.NextInt32(4)];
        for (var left = random.NextInt32(random.NextInt32(4) == 0 ? 12 : 4); left >= 0; left--)
        {
            input.Add((byte)random.NextInt32(random.NextInt32(4) == 0 ? Peers.Length : 2));
            input.AddRange(HostileText.Sized(Datagram(Formats[format], random)));
        }

        return random.NextInt32(16) == 0 ? _mutator.Mutate([.. input], random, Envelope) : [.. input];
    }

    public override bool Check(byte[] input)
    {
        var bytes = new Bytes(input);
        var options = new LinkOptions
        {
            Frame = Formats[bytes.Next(Formats.Length)],
            Codec = Codecs[bytes.Next(Codecs.Length)],
            Sequencing = new SequenceOptions { MaximumPeers = 1 + bytes.Next(4), Probation = 1 },
        };
        var model = new LinkModel(options);
        var scheduler = new HistoricalScheduler(DateTimeOffset.UnixEpoch);
        var transport = new FakeTransport(scheduler);
        using var link = UdpLink.Over(transport, options);
        var (messages, faults, faulty, ended) = (0L, 0L, ImmutableSortedDictionary.CreateBuilder<FaultReason, long>(), false);
        using var told = link.Faults.Subscribe(fault =>
        {
            faults++;
            faulty[fault.Reason] = faulty.GetValueOrDefault(fault.Reason) + fault.Count;
        });
        using var subscription = link.Messages.ValidateSynchronization().Subscribe(_ => messages++, _ => ended = true, () => ended = true);
        while (!bytes.AtEnd)
        {
            var peer = Peers[bytes.Next(Peers.Length)];
            var datagram = bytes.Take(bytes.Next() | (bytes.Next() << 8));
            model.Receive(datagram, peer);
            transport.Inject(datagram, peer);
        }

        var statistics = link.GetStatistics();
        LedgerAssert.Balances(statistics);
        LedgerAssert.Equal(model.Ledger, statistics.Ledger);
        Equal(model.Ledger.Delivered, messages);
        Equal(messages, statistics.MessagesReceived);
        Equal(model.Ledger.TotalDropped, faults);
        Require(faulty.ToImmutable().SequenceEqual(model.Ledger.Dropped));
        Equal(model.PeerCount, statistics.Peers);
        Require(!ended);
        return model.Ledger.TotalDropped == 0;
    }

    private byte[] Datagram(FrameFormat format, SeededRandom random)
    {
        var payload = random.NextInt32(4) == 0 ? _mutator.Mutate(Envelope, random, Envelope) : Envelope;
        if (!format.CanSeal)
        {
            // Compressing takes longer than all the rest.
            return new DeflateGenerator(random).Stream(200);
        }

        var frame = new byte[format.HeaderSize + payload.Length];
        payload.CopyTo(frame, format.HeaderSize);
        format.Seal(frame, Sequences[random.NextInt32(Sequences.Length)]);
        return random.NextInt32(6) == 0 ? _mutator.Mutate(frame, random, frame) : frame;
    }

    /// <summary>What must become of each datagram.</summary>
    private sealed class LinkModel(LinkOptions options)
    {
        private readonly HashSet<UdpEndpoint> _peers = [];
        private readonly ImmutableSortedDictionary<FaultReason, long>.Builder _dropped = ImmutableSortedDictionary.CreateBuilder<FaultReason, long>();
        private long _received;
        private long _delivered;

        public DatagramLedger Ledger => new(_received, _delivered, _dropped.ToImmutable());

        public int PeerCount => _peers.Count;

        public void Receive(byte[] datagram, UdpEndpoint peer)
        {
            _received++;
            if (ReasonToDrop(datagram, peer) is { } reason)
            {
                _dropped[reason] = _dropped.GetValueOrDefault(reason) + 1;
            }
            else
            {
                _delivered++;
            }
        }

        private FaultReason? ReasonToDrop(byte[] datagram, UdpEndpoint peer)
        {
            if (FrameModel.Expect(options.Frame, datagram, out var payload, out _) is { } reason)
            {
                return reason;
            }

            if (!_peers.Contains(peer))
            {
                if (_peers.Count < options.Sequencing.MaximumPeers)
                {
                    _peers.Add(peer);
                }
                else if (options.Frame.Sequence)
                {
                    return FaultReason.PeerLimit;
                }
            }

            return options.Codec.TryDecode(Frames.Of(payload), out _, out _) ? null : FaultReason.DecodeFailed;
        }
    }
}
