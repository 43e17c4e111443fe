using System.Buffers.Binary;
using ReactiveLink.Transport;
using static ReactiveLink.Fuzz.FuzzException;

namespace ReactiveLink.Fuzz;

/// <summary>Control messages beside a received datagram. What lies behind them in memory must not matter.</summary>
internal sealed unsafe class ControlTarget : FuzzTarget
{
    private static readonly (int Level, int Type, byte[] Data)[] Messages =
    [
        (17, 104, [0xDC, 5, 0, 0]),
        (1, 40, [9, 0, 0, 0]),
        (1, 35, [0, 0xF1, 0x53, 0x65, 0, 0, 0, 0, 0x15, 0xCD, 0x5B, 7, 0, 0, 0, 0]),
        (0, 8, [2, 0, 0, 0, 127, 0, 0, 1, 239, 1, 2, 3]),
        (41, 50, [0xFF, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 3, 0, 0, 0]),
        (41, 50, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 192, 0, 2, 7, 3, 0, 0, 0]),
        (1, 1, [1, 2, 3]),
    ];

    private static readonly byte[][] Seeds = Array.ConvertAll(Messages, message => Control(message.Level, message.Type, message.Data));

    private readonly Mutator _mutator = new(Seeds, LinuxControl.Size);

    public override string Name => "control";

    public override byte[] Generate(SeededRandom random)
    {
        byte[] all = [];
        for (var left = random.NextInt32(4); left >= 0; left--)
        {
            all = [.. all, .. Seeds[random.NextInt32(Seeds.Length)]];
        }

        return _mutator.Mutate(all, random, Seeds[random.NextInt32(Seeds.Length)]);
    }

    public override bool Check(byte[] input)
    {
        var expected = Expect(input);
        Equal(expected, Read(input, 0));
        Equal(expected, Read(input, 0xFF));
        return !expected.Equals(default);
    }

    private static (int Segment, uint Drops, long Ticks, EndpointKey Destination, int Interface) Read(byte[] input, byte behind)
    {
        var memory = new byte[input.Length + 64];
        Array.Fill(memory, behind);
        input.CopyTo(memory, 0);
        fixed (byte* start = memory)
        {
            var control = LinuxControl.Read(start, (nuint)input.Length);
            return (control.SegmentSize, control.Drops, control.UtcTicks, control.Destination, control.Interface);
        }
    }

    private static (int Segment, uint Drops, long Ticks, EndpointKey Destination, int Interface) Expect(ReadOnlySpan<byte> rest)
    {
        (int Segment, uint Drops, long Ticks, EndpointKey Destination, int Interface) result = default;
        while (rest.Length >= 16)
        {
            var size = BinaryPrimitives.ReadUInt64LittleEndian(rest);
            if (size < 16 || size > (ulong)rest.Length)
            {
                break;
            }

            var data = rest[16..(int)size];
            switch (BinaryPrimitives.ReadInt32LittleEndian(rest[8..]), BinaryPrimitives.ReadInt32LittleEndian(rest[12..]), data.Length)
            {
                case (17, 104, >= 4):
                    result.Segment = BinaryPrimitives.ReadInt32LittleEndian(data);
                    break;
                case (1, 40, >= 4):
                    result.Drops = BinaryPrimitives.ReadUInt32LittleEndian(data);
                    break;
                case (1, 35, >= 16):
                    result.Ticks = unchecked(DateTime.UnixEpoch.Ticks + (BinaryPrimitives.ReadInt64LittleEndian(data) * 10_000_000) + (BinaryPrimitives.ReadInt64LittleEndian(data[8..]) / 100));
                    break;
                case (0, 8, >= 12):
                    (result.Interface, result.Destination) = (BinaryPrimitives.ReadInt32LittleEndian(data), EndpointKey.FromIPv4(data[8..12], 0));
                    break;
                case (41, 50, >= 20):
                    (result.Interface, result.Destination) = (BinaryPrimitives.ReadInt32LittleEndian(data[16..]), EndpointKey.FromIPv6(data[..16], scope: 0, 0));
                    break;
            }

            rest = rest[Math.Min(rest.Length, ((int)size + 7) & ~7)..];
        }

        return result;
    }

    private static byte[] Control(int level, int type, byte[] data)
    {
        var control = new byte[(16 + data.Length + 7) & ~7];
        BinaryPrimitives.WriteInt64LittleEndian(control, 16 + data.Length);
        BinaryPrimitives.WriteInt32LittleEndian(control.AsSpan(8), level);
        BinaryPrimitives.WriteInt32LittleEndian(control.AsSpan(12), type);
        data.CopyTo(control, 16);
        return control;
    }
}
