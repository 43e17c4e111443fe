namespace ReactiveLink.Testing;

/// <summary>A datagram's copy for one host. Made under the network's lock, decided under none.</summary>
internal sealed class Copy
{
    public Copy(VirtualPath path)
    {
        Path = path;
        Conditions = path.Conditions;
        Ordinal = path.Fates.Next(Conditions.Loss, out var lost);
        Lost = lost;
    }

    public VirtualPath Path { get; }

    public PathConditions Conditions { get; }

    public long Ordinal { get; }

    public bool Lost { get; }

    public Travel Travel { get; private set; }

    public bool Truncated { get; private set; }

    public ReadOnlyMemory<byte> Payload { get; private set; }

    /// <summary>Decides what happens on the way.</summary>
    public void Decide(ReadOnlyMemory<byte> payload)
    {
        Payload = payload;
        if (Lost)
        {
            return;
        }

        Travel = Path.Fates.Travel(Ordinal, Conditions);
        if (payload.Length > 0 && Path.Fates.Happens(Ordinal, Chance.Truncation, Conditions.Truncation))
        {
            Truncated = true;
            Payload = payload[..Path.Fates.For(Ordinal, Chance.TruncatedLength).NextInt32(payload.Length)];
        }

        if (Travel.Corrupted && Payload.Length > 0)
        {
            Payload = Flip(Payload, Conditions.CorruptedBits, Path.Fates.For(Ordinal, Chance.CorruptedBits));
        }
    }

    /// <summary>Flips that many bits, each once (Floyd's sampling, Bentley and Floyd, 1987).</summary>
    private static byte[] Flip(ReadOnlyMemory<byte> payload, int count, SeededRandom random)
    {
        var bytes = payload.ToArray();
        var bits = bytes.Length * 8;
        HashSet<int> chosen = [];
        for (var last = bits - Math.Min(count, bits); last < bits; last++)
        {
            var bit = random.NextInt32(last + 1);
            bit = chosen.Add(bit) ? bit : last;
            chosen.Add(bit);
            bytes[bit / 8] ^= (byte)(0x80 >> (bit % 8));
        }

        return bytes;
    }
}
