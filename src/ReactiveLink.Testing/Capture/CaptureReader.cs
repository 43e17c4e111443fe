using System.Buffers.Binary;
using System.Net;

namespace ReactiveLink.Testing;

/// <summary>The UDP datagrams of a capture, one after the other. One thread at a time.</summary>
internal sealed class CaptureReader
{
    /// <summary>Remote endpoints that are kept as one object; then all are forgotten.</summary>
    private const int MaximumEndpoints = 4096;

    private readonly CaptureReadOptions _options;
    private readonly IObserver<Fault>? _faults;
    private readonly ICaptureFormat _format;
    private readonly FragmentTable _fragments;
    private readonly Dictionary<UdpEndpoint, UdpEndpoint> _endpoints = [];
    private UdpEndpoint? _last;
    private long _firstTicks = -1;
    private long _elapsedTicks;
    private long _packets;
    private long _datagrams;
    private long _bytes;
    private long _notUdp;
    private long _unknownLink;
    private long _filtered;
    private long _cut;
    private long _malformed;
    private long _parts;
    private long _reassembled;
    private long _incomplete;

    public CaptureReader(Stream stream, CaptureReadOptions options, IObserver<Fault>? faults)
    {
        (_options, _faults) = (options, faults);
        _fragments = new FragmentTable(options.MaximumReassemblies, options.ReassemblyTimeout, Incomplete);
        _format = Recognize(new CaptureInput(stream));
    }

    public CaptureStatistics GetStatistics() =>
        new(_packets, _datagrams, _bytes, _notUdp, _unknownLink, _filtered, _cut, _malformed, _parts, _reassembled, _incomplete);

    /// <summary>The next datagram; false at the end.</summary>
    /// <exception cref="CaptureException">The capture is malformed or truncated, or its stream failed.</exception>
    public bool TryRead(out Datagram datagram)
    {
        while (_format.TryRead(out var packet))
        {
            _packets++;
            if (TryDecode(packet, out datagram))
            {
                return true;
            }
        }

        _fragments.Finish();
        datagram = default;
        return false;
    }

    private static ICaptureFormat Recognize(CaptureInput input)
    {
        if (!input.TryBegin("a file header"))
        {
            throw CaptureException.Malformed(0, "it is empty.");
        }

        var bytes = input.Take(4);
        var magic = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        input.Return(4);
        input.IsBigEndian = BinaryPrimitives.ReverseEndianness(magic) is PcapFormat.Microseconds or PcapFormat.Nanoseconds;
        return magic switch
        {
            PcapngFormat.SectionHeader => new PcapngFormat(input),
            PcapFormat.Microseconds or PcapFormat.Nanoseconds => new PcapFormat(input),
            _ when input.IsBigEndian => new PcapFormat(input),
            _ => throw CaptureException.Malformed(0, $"0x{BinaryPrimitives.ReverseEndianness(magic):X8} is the begin of neither pcap nor pcapng."),
        };
    }

    private bool TryDecode(in CapturedPacket packet, out Datagram datagram)
    {
        datagram = default;
        switch (LinkLayer.Strip(packet.LinkType, packet.Bytes, out var bytes))
        {
            case LinkLayer.Kind.Unknown:
                _unknownLink++;
                return false;
            case LinkLayer.Kind.Other:
                _notUdp++;
                return false;
            case LinkLayer.Kind.Short:
                return TooShort(packet.IsCut, source: null, packet.Ticks);
        }

        if (IPLayer.Read(bytes, out var ip) is { } impossible)
        {
            return Malformed(impossible, source: null, packet.Ticks);
        }

        if (ip.IsShort)
        {
            return TooShort(packet.IsCut, ip.Source.IsEmpty ? null : Endpoint(ip.Source, 0), packet.Ticks);
        }

        if (!ip.IsFragment)
        {
            return TryDecodeUdp(ip, packet.IsCut, packet.Ticks, out datagram);
        }

        return TryReassemble(ip, packet, out datagram);
    }

    private bool TryReassemble(in IPPacket part, in CapturedPacket packet, out Datagram datagram)
    {
        datagram = default;
        if (part.Protocol != IPLayer.Udp && (part.Source.Length == 4 || part.Protocol is 1 or 6 or 58 or 132))
        {
            _notUdp++;
            return false;
        }

        if (part.IsPayloadShort)
        {
            return TooShort(packet.IsCut, Endpoint(part.Source, 0), packet.Ticks);
        }

        _parts++;
        if (_fragments.Add(part, packet.Ticks) is not { } whole)
        {
            return false;
        }

        _reassembled++;
        var ip = new IPPacket { Source = part.Source, Destination = part.Destination, Protocol = part.Protocol, Payload = whole };
        if (part.Source.Length == 16)
        {
            IPLayer.ReadExtensions(ref ip);
        }

        return ip.IsShort || ip.IsFragment
            ? Malformed("impossible IPv6 extension headers", Endpoint(ip.Source, 0), packet.Ticks)
            : TryDecodeUdp(ip, isCut: false, packet.Ticks, out datagram);
    }

    private bool TryDecodeUdp(in IPPacket ip, bool isCut, long ticks, out Datagram datagram)
    {
        datagram = default;
        if (ip.Protocol != IPLayer.Udp)
        {
            _notUdp++;
            return false;
        }

        var udp = ip.Payload;
        if (udp.Length < 8)
        {
            return TooShort(isCut, Endpoint(ip.Source, 0), ticks);
        }

        if (!IsAskedFor(ip, BinaryPrimitives.ReadUInt16BigEndian(udp[2..])))
        {
            _filtered++;
            return false;
        }

        var remote = Endpoint(ip.Source, BinaryPrimitives.ReadUInt16BigEndian(udp));
        var length = (int)BinaryPrimitives.ReadUInt16BigEndian(udp[4..]);
        length = length == 0 ? udp.Length : length;
        if (length < 8)
        {
            return Malformed("impossible UDP length", remote, ticks);
        }

        if (length > udp.Length)
        {
            return TooShort(isCut, remote, ticks);
        }

        datagram = Deliver(udp[8..length], remote, ticks);
        return true;
    }

    private Datagram Deliver(ReadOnlySpan<byte> payload, UdpEndpoint remote, long ticks)
    {
        _firstTicks = _firstTicks < 0 ? ticks : _firstTicks;
        _elapsedTicks = Math.Max(_elapsedTicks, ticks - _firstTicks);
        _datagrams++;
        _bytes += payload.Length;
        return new Datagram(payload.ToArray(), remote, new DateTimeOffset(ticks, TimeSpan.Zero), new TimeSpan(_elapsedTicks));
    }

    private bool IsAskedFor(in IPPacket ip, int port) =>
        (_options.Port is not { } wanted || wanted == port) && Matches(_options.Destination, ip.Destination) && Matches(_options.Source, ip.Source);

    private static bool Matches(IPAddress? wanted, ReadOnlySpan<byte> address)
    {
        if (wanted is null)
        {
            return true;
        }

        Span<byte> bytes = stackalloc byte[16];
        return wanted.TryWriteBytes(bytes, out var length) && address.SequenceEqual(bytes[..length]);
    }

    /// <summary>Less bytes than the headers say: cut by the capture, or wrong on the network.</summary>
    private bool TooShort(bool isCut, UdpEndpoint? source, long ticks)
    {
        if (!isCut)
        {
            return Malformed("shorter than its headers say", source, ticks);
        }

        _cut++;
        Tell(new Fault(FaultReason.Truncated, new DateTimeOffset(ticks, TimeSpan.Zero), source, Detail: "the capture kept only a part of the packet"));
        return false;
    }

    private bool Malformed(string what, UdpEndpoint? source, long ticks)
    {
        _malformed++;
        Tell(new Fault(FaultReason.ParseFailed, new DateTimeOffset(ticks, TimeSpan.Zero), source, Detail: what));
        return false;
    }

    private void Incomplete(UdpEndpoint source, long ticks)
    {
        _incomplete++;
        Tell(new Fault(FaultReason.Truncated, new DateTimeOffset(ticks, TimeSpan.Zero), source, Detail: "parts of a fragmented datagram are missing or overlap"));
    }

    private void Tell(in Fault fault) => _faults?.OnNext(fault);

    private UdpEndpoint Endpoint(ReadOnlySpan<byte> address, int port)
    {
        Span<byte> last = stackalloc byte[16];
        if (_last is not null && _last.Port == port && _last.Address.TryWriteBytes(last, out var length) && address.SequenceEqual(last[..length]))
        {
            return _last;
        }

        var endpoint = new UdpEndpoint(new IPAddress(address), port);
        if (_endpoints.TryGetValue(endpoint, out var known))
        {
            return _last = known;
        }

        if (_endpoints.Count == MaximumEndpoints)
        {
            _endpoints.Clear();
        }

        _endpoints.Add(endpoint, endpoint);
        return _last = endpoint;
    }
}
