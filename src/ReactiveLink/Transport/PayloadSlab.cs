namespace ReactiveLink.Transport;

/// <summary>
/// Memory for payloads: arrays of 64 KiB, below the large object heap, handed out from front to back and never again.
/// A payload costs its own bytes of allocation, and its memory never changes after it was handed out.
/// </summary>
internal sealed class PayloadSlab
{
    /// <summary>Below the large object heap, which begins at 85,000 bytes.</summary>
    public const int SlabSize = 64 * 1024;

    /// <summary>Larger payloads get an array of their own, so that a slab never wastes more than a sixteenth.</summary>
    public const int LargestShared = 4 * 1024;

    private byte[] _slab = [];
    private int _used;

    /// <summary>A copy of the bytes.</summary>
    public ReadOnlyMemory<byte> Store(ReadOnlySpan<byte> payload)
    {
        var memory = Take(payload.Length);
        payload.CopyTo(memory.Span);
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
