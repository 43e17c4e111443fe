using System.Buffers.Binary;

namespace ReactiveLink.Testing.Tests.Capture;

/// <summary>Capture files field by field, in either byte order; nothing of the code under test.</summary>
internal sealed class CaptureBuilder(bool big = false)
{
    private readonly List<byte> _bytes = [];

    public int Length => _bytes.Count;

    public byte[] ToArray() => [.. _bytes];

    public CaptureBuilder U16(int value)
    {
        Span<byte> bytes = stackalloc byte[2];
        if (big)
        {
            BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)value);
        }
        else
        {
            BinaryPrimitives.WriteUInt16LittleEndian(bytes, (ushort)value);
        }

        return Bytes(bytes);
    }

    public CaptureBuilder U32(uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        if (big)
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        }
        else
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        }

        return Bytes(bytes);
    }

    public CaptureBuilder Bytes(ReadOnlySpan<byte> bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    public CaptureBuilder PcapHeader(int linkType = Packets.Raw, bool nano = false, uint snapLength = 262_144) =>
        U32(nano ? 0xA1B23C4D : 0xA1B2C3D4).U16(2).U16(4).U32(0).U32(0).U32(snapLength).U32((uint)linkType);

    public CaptureBuilder PcapPacket(byte[] packet, uint seconds = 1000, uint fraction = 0, int? original = null) =>
        U32(seconds).U32(fraction).U32((uint)packet.Length).U32((uint)(original ?? packet.Length)).Bytes(packet);

    public CaptureBuilder Block(uint type, Action<CaptureBuilder> body)
    {
        var inner = new CaptureBuilder(big);
        body(inner);
        while (inner.Length % 4 != 0)
        {
            inner.Bytes([0]);
        }

        var length = (uint)(12 + inner.Length);
        return U32(type).U32(length).Bytes(inner.ToArray()).U32(length);
    }

    public CaptureBuilder Section() => Block(0x0A0D0D0A, b => b.U32(0x1A2B3C4D).U16(1).U16(0).U32(uint.MaxValue).U32(uint.MaxValue));

    public CaptureBuilder Interface(int linkType = Packets.Raw, uint snapLength = 0, byte? resolution = null, long? offset = null) => Block(1, b =>
    {
        b.U16(linkType).U16(0).U32(snapLength);
        if (resolution is { } value)
        {
            b.U16(9).U16(1).Bytes([value, 0, 0, 0]);
        }

        if (offset is { } seconds)
        {
            var (high, low) = ((uint)(seconds >> 32), (uint)seconds);
            b.U16(14).U16(8).U32(big ? high : low).U32(big ? low : high);
        }

        b.U16(0).U16(0);
    });

    public CaptureBuilder Enhanced(byte[] packet, ulong stamp = 1_000_000_000, uint number = 0, int? original = null) =>
        Block(6, b => b.U32(number).U32((uint)(stamp >> 32)).U32((uint)stamp).U32((uint)packet.Length).U32((uint)(original ?? packet.Length)).Bytes(packet));

    public CaptureBuilder Simple(byte[] packet, int? original = null) => Block(3, b => b.U32((uint)(original ?? packet.Length)).Bytes(packet));

    public CaptureBuilder Obsolete(byte[] packet, ulong stamp, int number = 0) =>
        Block(2, b => b.U16(number).U16(0).U32((uint)(stamp >> 32)).U32((uint)stamp).U32((uint)packet.Length).U32((uint)packet.Length).Bytes(packet));
}
