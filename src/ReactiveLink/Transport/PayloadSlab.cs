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
        if (payload.Length > LargestShared)
        {
            var own = GC.AllocateUninitializedArray<byte>(payload.Length);
            payload.CopyTo(own);
            return own;
        }

        if (payload.Length > _slab.Length - _used)
        {
            _slab = GC.AllocateUninitializedArray<byte>(SlabSize);
            _used = 0;
        }

        payload.CopyTo(_slab.AsSpan(_used));
        var memory = new ReadOnlyMemory<byte>(_slab, _used, payload.Length);
        _used += payload.Length;
        return memory;
    }
}
