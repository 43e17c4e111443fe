using System.Buffers;
using System.Collections.Concurrent;

namespace ReactiveLink.Links;

/// <summary>A pooled buffer to write one outgoing payload into, with room in front for the frame's header, so that framing copies nothing.</summary>
internal sealed class PayloadBuffer : IBufferWriter<byte>
{
    private const int MaximumPooled = 128;
    private const int InitialSize = 2048;
    private static readonly ConcurrentQueue<PayloadBuffer> Pool = new();
    private static int _pooled;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(InitialSize);
    private int _start;
    private int _end;

    private PayloadBuffer()
    {
    }

    /// <summary>Header room and payload.</summary>
    public Span<byte> Frame => _buffer.AsSpan(0, _end);

    public Memory<byte> FrameMemory => _buffer.AsMemory(0, _end);

    public ReadOnlySpan<byte> Payload => _buffer.AsSpan(_start, _end - _start);

    public int PayloadLength => _end - _start;

    public static PayloadBuffer Rent(int headerSize)
    {
        if (Pool.TryDequeue(out var buffer))
        {
            Interlocked.Decrement(ref _pooled);
        }
        else
        {
            buffer = new PayloadBuffer();
        }

        buffer._start = headerSize;
        buffer._end = headerSize;
        return buffer;
    }

    public void Return()
    {
        // One large message must not keep its array for ever.
        if (_buffer.Length <= 65536 && Interlocked.Increment(ref _pooled) <= MaximumPooled)
        {
            Pool.Enqueue(this);
            return;
        }

        if (_buffer.Length <= 65536)
        {
            Interlocked.Decrement(ref _pooled);
        }

        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _buffer.Length - _end);
        _end += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _buffer.AsMemory(_end);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _buffer.AsSpan(_end);
    }

    private void Reserve(int sizeHint)
    {
        var wanted = Math.Max(sizeHint, 256);
        if (_buffer.Length - _end >= wanted)
        {
            return;
        }

        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(checked(_end + wanted), _buffer.Length * 2));
        _buffer.AsSpan(0, _end).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
