namespace ReactiveLink.Testing;

/// <summary>The classic format (draft-ietf-opsawg-pcap): one header, one link type, stamps in micro- or nanoseconds since 1970.</summary>
internal sealed class PcapFormat : ICaptureFormat
{
    public const uint Microseconds = 0xA1B2C3D4;
    public const uint Nanoseconds = 0xA1B23C4D;

    private readonly CaptureInput _input;
    private readonly bool _nanoseconds;
    private readonly int _linkType;
    private readonly uint _longest;

    public PcapFormat(CaptureInput input)
    {
        _input = input;
        _nanoseconds = input.TakeUInt32() == Nanoseconds;
        var major = input.TakeUInt16();
        input.Skip(2 + 8);
        if (major != 2)
        {
            throw CaptureException.Malformed(4, $"version {major} of pcap is not known, only 2.");
        }

        // Some writers give a snap length that they do not keep.
        _longest = Math.Max(input.TakeUInt32(), CapturedPacket.Largest);

        // Above are the length of a frame check sequence and reserved bits.
        _linkType = (int)(input.TakeUInt32() & 0xFFFF);
    }

    public bool TryRead(out CapturedPacket packet)
    {
        packet = default;
        if (!_input.TryBegin("a packet record"))
        {
            return false;
        }

        var seconds = _input.TakeUInt32();
        var fraction = _input.TakeUInt32();
        var captured = _input.TakeUInt32();
        var original = _input.TakeUInt32();
        if (captured > _longest)
        {
            throw _input.Malformed($"the packet claims {captured} bytes, the capture allows {_longest}.");
        }

        var ticks = DateTimeOffset.UnixEpoch.Ticks + (seconds * TimeSpan.TicksPerSecond) + (_nanoseconds ? fraction / 100 : fraction * 10L);
        var fits = captured <= CapturedPacket.Largest;
        if (!fits)
        {
            _input.Skip(captured);
        }

        packet = new CapturedPacket
        {
            LinkType = fits ? _linkType : -1,
            Ticks = ticks,
            IsCut = captured < original,
            Bytes = fits ? _input.Take((int)captured) : default,
        };
        return true;
    }
}
