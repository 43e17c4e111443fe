using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ReactiveLink.Transport;

/// <summary>
/// The engine for Linux: one blocking recvmmsg(2) takes what is there, at least one datagram and at most <see cref="BatchSize"/>. No delay is ever added: a
/// batch forms only from what has already arrived. Batches are sent likewise, by <see cref="LinuxSender"/>; the rest is the portable engine's.
/// </summary>
/// <remarks>
/// Each place of a batch has a near buffer, one after the other so that small datagrams touch few cache lines, and a far one for what is longer. Payloads are
/// copied from there into slabs, which keeps them immutable and packed.
/// </remarks>
internal sealed unsafe partial class LinuxUdpSocket : IUdpSocket
{
    /// <summary>Datagrams of one system call at most.</summary>
    public const int BatchSize = 64;

    // Not a multiple of 4096, or all buffers would compete for the same lines of the first-level cache.
    private const int NearSize = 2048 + 64;
    private const int NameSize = 32;

    private readonly PortableUdpSocket _portable;
    private readonly SafeSocketHandle _handle;
    private readonly int _maximum;
    private readonly PayloadSlab _slab = new();
    private readonly ReceivedDatagram[] _batch = new ReceivedDatagram[BatchSize];
    private readonly NativeBuffers _buffers;

    /// <summary>Takes a bound socket over.</summary>
    /// <param name="socket">Bound, and connected if <paramref name="connected"/> is given; blocking.</param>
    /// <param name="connected">What it is connected to.</param>
    /// <param name="maximumDatagramSize">The largest payload to deliver.</param>
    public LinuxUdpSocket(Socket socket, UdpEndpoint? connected, int maximumDatagramSize)
    {
        _portable = new PortableUdpSocket(socket, connected, maximumDatagramSize);
        _handle = socket.SafeHandle;
        _maximum = maximumDatagramSize;
        _buffers = new NativeBuffers(Math.Max(0, maximumDatagramSize + 1 - NearSize));
    }

    /// <inheritdoc/>
    public UdpEndpoint LocalEndpoint => _portable.LocalEndpoint;

    /// <inheritdoc/>
    public SocketException? Receive(out ReadOnlySpan<ReceivedDatagram> batch)
    {
        batch = default;
        var held = false;
        try
        {
            // Held, so that a dispose on another thread does not free what the kernel writes into.
            _buffers.DangerousAddRef(ref held);
            return ReceiveHeld(out batch);
        }
        catch (ObjectDisposedException)
        {
            return new SocketException((int)SocketError.OperationAborted);
        }
        finally
        {
            if (held)
            {
                _buffers.DangerousRelease();
            }
        }
    }

    /// <inheritdoc/>
    public bool TryReadKernelDrops(out uint drops) => _portable.TryReadKernelDrops(out drops);

    /// <inheritdoc/>
    public void Dispose()
    {
        _portable.Dispose();
        _buffers.Dispose();
    }

    private SocketException? ReceiveHeld(out ReadOnlySpan<ReceivedDatagram> batch)
    {
        batch = default;
        var messages = _buffers.Messages;
        for (var i = 0; i < BatchSize; i++)
        {
            messages[i].Header.NameLength = NameSize;
        }

        var count = LinuxNative.ReceiveMessages(_handle, messages, BatchSize, LinuxNative.WaitForOne, timeout: null);
        if (count < 0)
        {
            return new SocketException((int)LinuxNative.ToSocketError(Marshal.GetLastPInvokeError()));
        }

        // An empty datagram has a sender. Without one, somebody shut the socket down.
        if (count > 0 && messages[0].Length == 0 && messages[0].Header.NameLength == 0)
        {
            return new SocketException((int)SocketError.Shutdown);
        }

        for (var i = 0; i < count; i++)
        {
            Take(ref messages[i], out _batch[i]);
        }

        batch = _batch.AsSpan(0, count);
        return null;
    }

    private void Take(ref LinuxNative.MultiMessageHeader message, out ReceivedDatagram datagram)
    {
        var remote = _portable.ReadKey(new ReadOnlySpan<byte>(message.Header.Name, NameSize));
        var length = (int)message.Length;
        if (length > _maximum || (message.Header.Flags & LinuxNative.Truncated) != 0)
        {
            datagram = new ReceivedDatagram(default, in remote, FaultReason.Truncated);
            return;
        }

        var vectors = message.Header.Vectors;
        var near = new ReadOnlySpan<byte>(vectors[0].Base, Math.Min(length, NearSize));
        datagram = length <= NearSize
            ? new ReceivedDatagram(_slab.Store(near), in remote)
            : new ReceivedDatagram(_slab.Store(near, new ReadOnlySpan<byte>(vectors[1].Base, length - NearSize)), in remote);
    }

    /// <summary>The memory that the kernel writes into; not part of the managed heap, and freed when the last receive has left it.</summary>
    private sealed class NativeBuffers : SafeHandleZeroOrMinusOneIsInvalid
    {
        public NativeBuffers(int farSize)
            : base(ownsHandle: true)
        {
            // Zeroed pages that are never touched cost no memory: the far buffers are reserved, not used, where datagrams are small.
            var memory = (byte*)NativeMemory.AllocZeroed((nuint)((BatchSize * (64 + 32 + NameSize + NearSize)) + ((long)BatchSize * farSize)));
            SetHandle((nint)memory);
            Messages = (LinuxNative.MultiMessageHeader*)memory;
            var vectors = (LinuxNative.IoVector*)(memory + (BatchSize * 64));
            var names = memory + (BatchSize * (64 + 32));
            var near = names + (BatchSize * NameSize);
            var far = near + (BatchSize * NearSize);
            for (var i = 0; i < BatchSize; i++)
            {
                vectors[2 * i] = new LinuxNative.IoVector { Base = near + (i * NearSize), Length = NearSize };
                vectors[(2 * i) + 1] = new LinuxNative.IoVector { Base = far + ((long)i * farSize), Length = (nuint)farSize };
                Messages[i].Header.Name = names + (i * NameSize);
                Messages[i].Header.Vectors = vectors + (2 * i);
                Messages[i].Header.VectorCount = 2;
            }
        }

        public LinuxNative.MultiMessageHeader* Messages { get; }

        protected override bool ReleaseHandle()
        {
            NativeMemory.Free((void*)handle);
            return true;
        }
    }
}
