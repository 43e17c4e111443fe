using System.Buffers.Binary;

namespace ReactiveLink.Testing;

/// <summary>
/// pcapng (draft-ietf-opsawg-pcapng): sections of either byte order, several interfaces each; enhanced, simple and obsolete packet blocks. Other blocks are
/// skipped. A simple packet has no stamp: it gets the one before it, or 1970.
/// </summary>
internal sealed class PcapngFormat(CaptureInput input) : ICaptureFormat
{
    public const uint SectionHeader = 0x0A0D0D0A;

    private const uint InterfaceDescription = 1;
    private const uint ObsoletePacket = 2;
    private const uint SimplePacket = 3;
    private const uint EnhancedPacket = 6;
    private const uint ByteOrder = 0x1A2B3C4D;
    private const int MaximumInterfaces = 65_536;

    private readonly List<CaptureInterface> _interfaces = [];
    private uint _length;
    private long _left;
    private bool _isWithinPacket;
    private long _ticks = DateTimeOffset.UnixEpoch.Ticks;

    public bool TryRead(out CapturedPacket packet)
    {
        packet = default;
        FinishPacket();
        while (input.TryBegin("a block"))
        {
            var type = ReadHeader();
            switch (type)
            {
                case SectionHeader:
                    ReadSection();
                    break;
                case InterfaceDescription:
                    ReadInterface();
                    break;
                case EnhancedPacket:
                case ObsoletePacket:
                    packet = ReadPacket(type);
                    return true;
                case SimplePacket:
                    packet = ReadSimplePacket();
                    return true;
            }

            End();
        }

        return false;
    }

    private uint ReadHeader()
    {
        var type = input.TakeUInt32();
        Span<byte> length = stackalloc byte[4];
        input.Take(4).CopyTo(length);
        _left = 0;
        if (type == SectionHeader)
        {
            var magic = BinaryPrimitives.ReadUInt32LittleEndian(input.Take(4));
            input.IsBigEndian = magic switch
            {
                ByteOrder => false,
                0x4D3C2B1A => true,
                _ => throw input.Malformed($"0x{magic:X8} is not a byte-order magic."),
            };
            _left = -4;
        }

        _length = input.ToUInt32(length);
        if (_length < 12 || _length % 4 != 0)
        {
            throw input.Malformed($"a block length of {_length} is not a multiple of 4 from 12.");
        }

        _left += _length - 12;
        return type;
    }

    private void ReadSection()
    {
        var major = input.ToUInt16(Take(4));
        _ = Take(8);
        if (major != 1)
        {
            throw input.Malformed($"version {major} of pcapng is not known, only 1.");
        }

        _interfaces.Clear();
    }

    private void ReadInterface()
    {
        var linkType = input.ToUInt16(Take(4));
        var description = new CaptureInterface(linkType, input.ToUInt32(Take(4)), Resolution: 6, OffsetSeconds: 0);
        while (_left >= 4)
        {
            var option = Take(4);
            var (code, length) = (input.ToUInt16(option), input.ToUInt16(option[2..]));
            if (code == 0)
            {
                break;
            }

            var value = Take((length + 3) & ~3);
            description = (code, length) switch
            {
                (9, 1) => description with { Resolution = value[0] },
                (14, 8) => description with
                {
                    OffsetSeconds = input.IsBigEndian ? BinaryPrimitives.ReadInt64BigEndian(value) : BinaryPrimitives.ReadInt64LittleEndian(value),
                },
                (9 or 14, _) => throw input.Malformed($"option {code} of the interface has a length of {length}."),
                _ => description,
            };
        }

        if (_interfaces.Count == MaximumInterfaces)
        {
            throw input.Malformed($"the section has more than {MaximumInterfaces} interfaces.");
        }

        _interfaces.Add(description);
    }

    private CapturedPacket ReadPacket(uint type)
    {
        var number = type == EnhancedPacket ? input.ToUInt32(Take(4)) : input.ToUInt16(Take(4));
        var description = Interface(number);
        ulong high = input.ToUInt32(Take(4));
        var stamp = (high << 32) | input.ToUInt32(Take(4));
        var captured = input.ToUInt32(Take(4));
        var original = input.ToUInt32(Take(4));
        if (!description.TryToTicks(stamp, out _ticks))
        {
            throw input.Malformed($"the time stamp {stamp} of interface {number} is not within the years 1 to 9999.");
        }

        return Bytes(description, captured, original);
    }

    private CapturedPacket ReadSimplePacket()
    {
        var description = Interface(0);
        var original = input.ToUInt32(Take(4));
        var captured = description.SnapLength == 0 ? original : Math.Min(original, description.SnapLength);
        return Bytes(description, captured, original);
    }

    private CapturedPacket Bytes(CaptureInterface description, uint captured, uint original)
    {
        if (captured > _left)
        {
            throw input.Malformed($"the packet claims {captured} bytes, its block has {_left}.");
        }

        var fits = captured <= CapturedPacket.Largest;
        var bytes = fits ? Take((int)captured) : default;

        // The rest of the block is read with the next packet: its bytes would displace these.
        _isWithinPacket = true;
        return new CapturedPacket { LinkType = fits ? description.LinkType : -1, Ticks = _ticks, IsCut = captured < original, Bytes = bytes };
    }

    private CaptureInterface Interface(uint number) => number < _interfaces.Count
        ? _interfaces[(int)number]
        : throw input.Malformed($"interface {number} is not described; the section has {_interfaces.Count}.");

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > _left)
        {
            throw input.Malformed($"a block length of {_length} is too short for what the block has.");
        }

        _left -= count;
        return input.Take(count);
    }

    private void FinishPacket()
    {
        if (_isWithinPacket)
        {
            _isWithinPacket = false;
            End();
        }
    }

    private void End()
    {
        if (_left < 0)
        {
            throw input.Malformed($"a block length of {_length} is too short for what the block has.");
        }

        input.Skip(_left);
        var trailing = input.TakeUInt32();
        if (trailing != _length)
        {
            throw input.Malformed($"the block's length is {_length} at its begin and {trailing} at its end.");
        }
    }
}
