using System.Net;

namespace ReactiveLink.Benchmarks.Pipeline;

/// <summary>A part of the receive path, on its own, over profile A frames of a 263-byte envelope.</summary>
/// <param name="Name">The name in the results.</param>
/// <param name="Run">Does it so many times.</param>
internal sealed record PipelineStage(string Name, Action<int> Run);

/// <summary>The parts, in their order.</summary>
internal sealed class PipelineStages
{
    private const int Buffers = 64;

    private readonly UdpEndpoint _remote = new(IPAddress.Loopback, 2);
    private readonly byte[][] _frames;
    private readonly Sequenced<Frame> _decodable;
    private uint _sequence;
    private long _sink;
    private long _handled;

    public PipelineStages()
    {
        byte[] envelope = File.ReadAllBytes(NativeTools.Envelope);
        _frames = [.. Enumerable.Range(0, Buffers).Select(_ => (byte[])[.. new byte[Load.HeaderSize], .. envelope])];
        Size = _frames[0].Length;
        FrameFormat.CrcSequenced.Seal(_frames[0], 0);
        FrameFormat.CrcSequenced.TryRead(Datagram(0), out var frame, out _);
        _decodable = new Sequenced<Frame>(frame, 0, Verdict.InOrder, null);
        var codec = MessageCodecs.Json;
        All =
        [
            new("frame sealed (of the load, taken off what follows)", Seal),
            new("CRC and frame read", ReadFrames),
            new("envelope decode only", count => Decode(codec, count, _ => { })),
            new("envelope decode, then source and timestamp read", count => Decode(codec, count, message => _sink += message.Source.Length + (long)message.Timestamp)),
            new("envelope decode, then all metadata read", count => Decode(codec, count, message => _sink += message.Metadata.Id.Length)),
            new("link: frame and sequence", Link(link => link.Frames.Subscribe(_ => _handled++))),
            new("link: frame, sequence, decode", Link(link => link.Messages.Subscribe(_ => _handled++))),
            new("link: frame, sequence, decode, handler", Link(link => link.Handle(
                MessageType.Data, _ => Volatile.Write(ref _handled, _handled + 1), new RouteOptions { Concurrency = 1, Capacity = 100_000 }))),
        ];
    }

    public int Size { get; }

    public IReadOnlyList<PipelineStage> All { get; }

    public long Sink => _sink;

    /// <summary>Whether the stage's load is sealed on the way.</summary>
    public static bool Seals(PipelineStage stage) => stage.Name.StartsWith("link", StringComparison.Ordinal);

    private Datagram Datagram(int buffer) => new(_frames[buffer], _remote, default(DateTimeOffset).AddYears(2000), TimeSpan.FromTicks(_sequence));

    private void Seal(int count)
    {
        for (int i = 0; i < count; i++)
        {
            FrameFormat.CrcSequenced.Seal(_frames[i % Buffers], _sequence++);
        }
    }

    private void ReadFrames(int count)
    {
        for (int i = 0; i < count; i++)
        {
            _sink += FrameFormat.CrcSequenced.TryRead(Datagram(0), out var frame, out _) ? frame.Payload.Length : throw new BenchmarkException("A bad frame.");
        }
    }

    private void Decode(IMessageCodec codec, int count, Action<Message> use)
    {
        for (int i = 0; i < count; i++)
        {
            if (!codec.TryDecode(_decodable, out var message, out string? error))
            {
                throw new BenchmarkException(error);
            }

            use(message);
        }
    }

    /// <summary>A link that lives as long as the process, fed in rounds no larger than its handlers' queues.</summary>
    private Action<int> Link(Func<UdpLink, IDisposable> consume)
    {
        PushTransport? transport = null;
        uint sequence = 0;
        return count =>
        {
            if (transport is null)
            {
                transport = new PushTransport();
                consume(UdpLink.Over(transport));
            }

            const int Round = 50_000;
            for (int done = 0; done < count; done += Round)
            {
                long wanted = Volatile.Read(ref _handled) + Math.Min(Round, count - done);
                for (int i = done; i < Math.Min(done + Round, count); i++)
                {
                    int buffer = i % Buffers;
                    FrameFormat.CrcSequenced.Seal(_frames[buffer], sequence++);
                    transport.Push(Datagram(buffer));
                }

                SpinWait.SpinUntil(() => Volatile.Read(ref _handled) >= wanted);
            }
        };
    }
}
