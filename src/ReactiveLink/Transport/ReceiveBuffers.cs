using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ReactiveLink.Transport;

/// <summary>
/// The memory that recvmmsg(2) writes into: for each place of a batch a message header, an address, room for control messages and one buffer. It is
/// freed when the last receive has left it. Pages that are never touched cost no memory: a large buffer is reserved, not used, where
/// datagrams are small.
/// </summary>
/// <remarks>
/// Payloads that are to be lent out lie in an array, so that who keeps one against his promise reads wrong bytes but never freed memory.
/// </remarks>
internal sealed unsafe class ReceiveBuffers : SafeHandleZeroOrMinusOneIsInvalid
{
    private const int NameSize = 32;
    private const int PlaceSize = 64 + 16 + NameSize + LinuxControl.Size;

    // Not a multiple of 4096, or all buffers would compete for the same lines of the first-level cache.
    private const int Skew = 64 + 4096;

    private readonly byte[]? _lent;
    private readonly long _stride;

    /// <summary>Makes places for a batch.</summary>
    /// <param name="places">How many.</param>
    /// <param name="bufferSize">The bytes of each buffer.</param>
    /// <param name="withControl">Whether control messages are wanted.</param>
    /// <param name="lend">Whether <see cref="Lend"/> is used.</param>
    public ReceiveBuffers(int places, int bufferSize, bool withControl, bool lend)
        : base(ownsHandle: true)
    {
        BufferSize = bufferSize;
        _stride = ((bufferSize + 4095) & ~4095) + Skew - 4096;
        var headers = (byte*)NativeMemory.AllocZeroed((nuint)((places * PlaceSize) + (lend ? 0 : places * _stride)));
        SetHandle((nint)headers);
        _lent = lend ? GC.AllocateUninitializedArray<byte>(checked((int)(places * _stride)), pinned: true) : null;
        Messages = (LinuxNative.MultiMessageHeader*)headers;
        var vectors = (LinuxNative.IoVector*)(headers + (places * 64));
        var names = (byte*)(vectors + places);
        var control = names + (places * NameSize);
        Start = _lent is null ? control + (places * LinuxControl.Size) : (byte*)Marshal.UnsafeAddrOfPinnedArrayElement(_lent, 0);
        for (var i = 0; i < places; i++)
        {
            vectors[i] = new LinuxNative.IoVector { Base = Start + (i * _stride), Length = (nuint)bufferSize };
            Messages[i].Header.Name = names + (i * NameSize);
            Messages[i].Header.Vectors = vectors + i;
            Messages[i].Header.VectorCount = 1;
            Messages[i].Header.Control = withControl ? control + (i * LinuxControl.Size) : null;
        }

        ControlSize = (nuint)(withControl ? LinuxControl.Size : 0);
        Reset(places);
    }

    public LinuxNative.MultiMessageHeader* Messages { get; }

    public int BufferSize { get; }

    private byte* Start { get; }

    private nuint ControlSize { get; }

    /// <summary>The address that came with a message.</summary>
    public ReadOnlySpan<byte> Name(int place) => new(Messages[place].Header.Name, NameSize);

    /// <summary>The bytes of a message, valid until the next receive.</summary>
    public ReadOnlySpan<byte> Bytes(int place, int length) => new(Start + (place * _stride), length);

    /// <summary>The same as memory, for who promised not to keep it.</summary>
    public ReadOnlyMemory<byte> Lend(int place, int length) => new(_lent, (int)(place * _stride), length);

    /// <summary>Prepares the places that the last receive used for the next.</summary>
    public void Reset(int places)
    {
        for (var i = 0; i < places; i++)
        {
            ref var header = ref Messages[i].Header;
            header.NameLength = NameSize;
            header.ControlLength = ControlSize;
        }
    }

    protected override bool ReleaseHandle()
    {
        NativeMemory.Free((void*)handle);
        return true;
    }
}
