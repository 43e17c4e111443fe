namespace ReactiveLink.Transport;

/// <summary>
/// Memory for payloads: arrays of just under 64 KiB, below the large object heap, handed out from front to back and never again.
/// A payload costs its own bytes of allocation, and its memory never changes after it was handed out.
/// </summary>
internal sealed class PayloadSlab
{
    /// <summary>With the array's header still at most 64 KiB.</summary>
    public const int SlabSize = (64 * 1024) - 32;

    /// <summary>Larger payloads get an array of their own, so that a slab never wastes more than a quarter.</summary>
    public const int LargestShared = 16 * 1024;

    private byte[] _slab = [];
    private int _used;

    /// <summary>A copy of the bytes.</summary>
    public ReadOnlyMemory<byte> Store(ReadOnlySpan<byte> payload)
    {
        var memory = Take(payload.Length);
        payload.CopyTo(memory.Span);
        return memory;
    }

    /// <summary>A copy of the bytes of both parts, one after the other.</summary>
    public ReadOnlyMemory<byte> Store(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        var memory = Take(first.Length + second.Length);
        first.CopyTo(memory.Span);
        second.CopyTo(memory.Span[first.Length..]);
        return memory;
    }

    private Memory<byte> Take(int length)
    {
        if (length > LargestShared)
        {
            return GC.AllocateUninitializedArray<byte>(length);
        }

        if (length > _slab.Length - _used)
        {
            _slab = GC.AllocateUninitializedArray<byte>(SlabSize);
            _used = 0;
        }

        var memory = new Memory<byte>(_slab, _used, length);
        _used += length;
        return memory;
    }
}
