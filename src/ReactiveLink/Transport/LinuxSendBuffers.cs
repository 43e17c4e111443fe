using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ReactiveLink.Transport;

/// <summary>
/// One call's worth of messages, with the memory that they refer to: a message is one datagram, or a run of datagrams of one size that lie one after the
/// other. Payloads are copied in, which costs less than pinning each. Lies in one pinned array, so it needs no freeing and never moves.
/// </summary>
internal sealed unsafe class LinuxSendBuffers
{
    /// <summary>Messages of one system call at most.</summary>
    public const int MaximumMessages = 64;

    /// <summary>Datagrams of one message at most (UDP_MAX_SEGMENTS; newer kernels take more).</summary>
    public const int MaximumSegments = 64;

    /// <summary>Bytes of one message at most, all its segments together: what fits into one IPv4 datagram.</summary>
    public const int MaximumMessageSize = 65507;

    /// <summary>What is larger is not copied: a call of its own is then a small part of the cost.</summary>
    public const int LargestCopied = 8 * 1024;

    private const int PayloadSize = 128 * 1024;
    private const int NameSize = 32;

    private readonly byte[] _memory;
    private readonly LinuxNative.IoVector* _vectors;
    private readonly byte* _names;
    private readonly LinuxNative.SegmentControl* _controls;
    private readonly byte* _payloads;
    private readonly Run[] _runs = new Run[MaximumMessages];
    private int _used;

    public LinuxSendBuffers()
    {
        const int Each = 64 + 16 + 24 + NameSize;
        _memory = GC.AllocateArray<byte>((MaximumMessages * Each) + PayloadSize, pinned: true);
        Messages = (LinuxNative.MultiMessageHeader*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_memory));
        _vectors = (LinuxNative.IoVector*)(Messages + MaximumMessages);
        _controls = (LinuxNative.SegmentControl*)(_vectors + MaximumMessages);
        _names = (byte*)(_controls + MaximumMessages);
        _payloads = _names + (MaximumMessages * NameSize);
        for (var i = 0; i < MaximumMessages; i++)
        {
            Messages[i].Header.Vectors = _vectors + i;
            Messages[i].Header.VectorCount = 1;
        }
    }

    public LinuxNative.MultiMessageHeader* Messages { get; }

    /// <summary>How many messages there are.</summary>
    public int Count { get; private set; }

    /// <summary>How many datagrams a message carries.</summary>
    public int DatagramsOf(int message) => _runs[message].Datagrams;

    /// <summary>The size of each of them but the last.</summary>
    public int SegmentSizeOf(int message) => _runs[message].SegmentSize;

    public void Clear()
    {
        Count = 0;
        _used = 0;
    }

    /// <summary>Adds a datagram, to the last message's run if it fits there.</summary>
    /// <param name="payload">The bytes.</param>
    /// <param name="destination">Where to: what tells two destinations apart.</param>
    /// <param name="name">Its sockaddr; empty for what the socket is connected to.</param>
    /// <param name="largestSegment">The largest size that may be part of a run; 0 for none.</param>
    /// <returns>False if there is no more room.</returns>
    public bool TryAdd(ReadOnlySpan<byte> payload, UdpEndpoint destination, ReadOnlySpan<byte> name, int largestSegment)
    {
        if (payload.Length > PayloadSize - _used)
        {
            return false;
        }

        if (Count > 0 && _runs[Count - 1].Takes(payload.Length, destination, largestSegment))
        {
            Append(ref _runs[Count - 1], Count - 1, payload.Length);
        }
        else if (Count < MaximumMessages)
        {
            Begin(payload.Length, destination, name);
        }
        else
        {
            return false;
        }

        payload.CopyTo(new Span<byte>(_payloads + _used, payload.Length));
        _used += payload.Length;
        return true;
    }

    private void Append(ref Run run, int message, int length)
    {
        if (run.Datagrams == 1)
        {
            _controls[message] = LinuxNative.SegmentControl.Of(run.SegmentSize);
            Messages[message].Header.Control = (byte*)(_controls + message);
            Messages[message].Header.ControlLength = (nuint)sizeof(LinuxNative.SegmentControl);
        }

        run.Datagrams++;
        run.Length += length;
        run.Ended = length < run.SegmentSize;
        _vectors[message].Length = (nuint)run.Length;
    }

    private void Begin(int length, UdpEndpoint destination, ReadOnlySpan<byte> name)
    {
        var message = Count++;
        _runs[message] = new Run { Destination = destination, SegmentSize = length, Length = length, Datagrams = 1 };
        _vectors[message] = new LinuxNative.IoVector { Base = _payloads + _used, Length = (nuint)length };
        ref var header = ref Messages[message].Header;
        header.Control = null;
        header.ControlLength = 0;
        header.Name = name.IsEmpty ? null : _names + (message * NameSize);
        header.NameLength = (uint)name.Length;
        name.CopyTo(new Span<byte>(_names + (message * NameSize), NameSize));
    }

    private struct Run
    {
        public UdpEndpoint Destination;
        public int SegmentSize;
        public int Length;
        public int Datagrams;
        public bool Ended;

        /// <summary>Whether a datagram may follow: not an empty one, which would be no segment at all.</summary>
        public readonly bool Takes(int length, UdpEndpoint destination, int largestSegment) =>
            !Ended && length > 0 && length <= SegmentSize && SegmentSize <= largestSegment && Datagrams < MaximumSegments
            && Length + length <= MaximumMessageSize && (ReferenceEquals(Destination, destination) || Destination.Equals(destination));
    }
}
