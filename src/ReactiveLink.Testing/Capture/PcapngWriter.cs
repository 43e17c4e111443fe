using System.Buffers.Binary;
using System.Text;

namespace ReactiveLink.Testing;

/// <summary>
/// One pcapng section (draft-ietf-opsawg-pcapng), little-endian, link type raw IP, stamps in nanoseconds. A stamp has 64 bits from 1970: other times, such as a
/// virtual clock's year 1, get an interface of their own with a time offset, one for each 500 years.
/// </summary>
internal sealed class PcapngWriter
{
    private const int RawIP = 101;
    private const long UnixEpochTicks = 621_355_968_000_000_000;
    private const long EraSeconds = 500L * 365 * 86_400;
    private const long EraTicks = EraSeconds * TimeSpan.TicksPerSecond;

    private readonly Stream _stream;
    private readonly UdpEndpoint _local;
    private readonly CaptureWriteOptions _options;
    private readonly Dictionary<long, uint> _interfaces = [];
    private byte[] _block = new byte[2048];
    private int _length;

    public PcapngWriter(Stream stream, UdpEndpoint local, CaptureWriteOptions options)
    {
        (_stream, _local, _options) = (stream, local, options);
        WriteSection();
        Interface(era: 0);
    }

    /// <summary>How many bytes were handed to the stream.</summary>
    public long Written { get; private set; }

    /// <summary>Writes one packet; false if no packet can hold the payload.</summary>
    public bool TryWrite(in Datagram datagram)
    {
        var payload = datagram.Payload.Span;
        if (payload.Length > PacketHeaders.MaximumPayload(datagram.Remote))
        {
            return false;
        }

        var ticks = datagram.ReceivedAt.UtcTicks - UnixEpochTicks;
        var (era, rest) = Math.DivRem(ticks, EraTicks);
        if (rest < 0)
        {
            (era, rest) = (era - 1, rest + EraTicks);
        }

        var stamp = (ulong)rest * 100;
        var number = Interface(era);
        Span<byte> headers = stackalloc byte[PacketHeaders.Largest];
        headers = headers[..PacketHeaders.Write(headers, datagram.Remote, _local, payload)];
        var captured = Math.Min(headers.Length + payload.Length, _options.SnapLength);
        Begin(6);
        Put(number);
        Put((uint)(stamp >> 32));
        Put((uint)stamp);
        Put((uint)captured);
        Put((uint)(headers.Length + payload.Length));
        Put(headers);
        Put(payload[..(captured - headers.Length)]);
        End();
        return true;
    }

    private uint Interface(long era)
    {
        if (_interfaces.TryGetValue(era, out var number))
        {
            return number;
        }

        Begin(1);
        Put(RawIP);   // 16 bits of link type, 16 reserved
        Put((uint)_options.SnapLength);
        Option(2, Encoding.UTF8.GetBytes(_local.ToString()));
        Option(9, [9]);
        if (era != 0)
        {
            Span<byte> offset = stackalloc byte[8];
            BinaryPrimitives.WriteInt64LittleEndian(offset, era * EraSeconds);
            Option(14, offset);
        }

        Put(0u);
        End();
        number = (uint)_interfaces.Count;
        _interfaces.Add(era, number);
        return number;
    }

    private void WriteSection()
    {
        Begin(0x0A0D0D0A);
        Put(0x1A2B3C4D);
        Put(1u);                // version 1.0
        Put(uint.MaxValue);     // a section of unknown length: 64 bits of -1
        Put(uint.MaxValue);
        Option(4, Encoding.UTF8.GetBytes(_options.Application));
        Put(0u);
        End();
    }

    private void Begin(uint type)
    {
        _length = 0;
        Put(type);
        Put(0u);
    }

    private void Option(int code, ReadOnlySpan<byte> value)
    {
        Put((uint)(code | (value.Length << 16)));
        Put(value);
        Pad();
    }

    private void Put(uint value)
    {
        Reserve(4);
        BinaryPrimitives.WriteUInt32LittleEndian(_block.AsSpan(_length), value);
        _length += 4;
    }

    private void Put(ReadOnlySpan<byte> bytes)
    {
        Reserve(bytes.Length);
        bytes.CopyTo(_block.AsSpan(_length));
        _length += bytes.Length;
    }

    private void Pad()
    {
        while (_length % 4 != 0)
        {
            Put([0]);
        }
    }

    private void End()
    {
        Pad();
        var total = (uint)(_length + 4);
        Put(total);
        BinaryPrimitives.WriteUInt32LittleEndian(_block.AsSpan(4), total);
        _stream.Write(_block, 0, _length);
        Written += _length;
    }

    private void Reserve(int count)
    {
        if (_block.Length - _length < count)
        {
            Array.Resize(ref _block, Math.Max(_block.Length * 2, _length + count));
        }
    }
}
