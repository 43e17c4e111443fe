using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace ReactiveLink.Transport;

/// <summary>
/// Sends batches by sendmmsg(2), and runs of datagrams of one size to one destination as one message that the system cuts (UDP_SEGMENT).
/// <list type="table">
/// <listheader><term>the system</term><description>what follows</description></listheader>
/// <item><term>takes a part of the batch</term><description>it is called again with the rest</description></item>
/// <item><term>refuses a plain datagram</term><description>its error is told, with how many went before it</description></item>
/// <item><term>refuses a run for its size, or because it cannot segment</term>
/// <description>its datagrams go one by one; if the first of them is taken, segments of that size, or any, are not tried again</description></item>
/// <item><term>tells of an earlier datagram (ICMP) instead of sending a run</term><description>told as for a plain one: nothing of the run was sent</description></item>
/// <item><term>refuses a run for anything else</term><description>its datagrams go one by one, each with its own answer</description></item>
/// <item><term>does not know the call</term><description>the portable way, from then on</description></item>
/// </list>
/// </summary>
/// <param name="handle">The socket, blocking.</param>
/// <param name="portable">Its other engine, for single datagrams and as the fallback.</param>
/// <param name="segments">Whether to segment.</param>
/// <param name="call">The system call, or null for the system's own.</param>
internal sealed unsafe class LinuxSender(SafeSocketHandle handle, PortableUdpSocket portable, bool segments, LinuxSender.SystemCall? call = null)
{
    private LinuxSendBuffers? _spare;
    private volatile int _largestSegment = segments ? LinuxSendBuffers.LargestCopied : 0;
    private volatile bool _unknownCall;

    /// <summary>Sends messages; returns how many were taken, or a negative number and an errno.</summary>
    internal delegate int SystemCall(LinuxNative.MultiMessageHeader* messages, int count, out int errno);

    /// <summary>The largest datagram that is sent as a segment; 0 if none is.</summary>
    public int LargestSegment => _largestSegment;

    /// <summary>As <see cref="IUdpSocket.Send(ReadOnlySpan{OutgoingDatagram}, UdpEndpoint?, out SocketException?)"/>.</summary>
    public int Send(ReadOnlySpan<OutgoingDatagram> batch, UdpEndpoint? otherwise, out SocketException? error)
    {
        // One thread's at a time; a second one that sends at the same moment takes its own, and one of both is kept.
        var buffers = Interlocked.Exchange(ref _spare, null) ?? new LinuxSendBuffers();
        try
        {
            var sent = 0;
            error = null;
            while (error is null && sent < batch.Length)
            {
                sent += batch[sent].Payload.Length > LinuxSendBuffers.LargestCopied || _unknownCall
                    ? SendOne(batch[sent], otherwise, out error)
                    : SendSome(buffers, batch[sent..], otherwise, _largestSegment, out error);
            }

            return sent;
        }
        finally
        {
            _spare = buffers;
        }
    }

    private int SendOne(in OutgoingDatagram datagram, UdpEndpoint? otherwise, out SocketException? error)
    {
        error = portable.Send(datagram.Payload.Span, (datagram.Destination ?? otherwise)!);
        return error is null ? 1 : 0;
    }

    /// <summary>Sends as much of the start of a batch as the buffers take.</summary>
    private int SendSome(
        LinuxSendBuffers buffers, ReadOnlySpan<OutgoingDatagram> batch, UdpEndpoint? otherwise, int largestSegment, out SocketException? error)
    {
        if (!Fill(buffers, batch, otherwise, largestSegment, out error))
        {
            return 0;
        }

        var message = 0;
        var sent = 0;
        while (message < buffers.Count)
        {
            var taken = Call(buffers.Messages + message, buffers.Count - message, out var errno);
            for (var i = 0; i < taken; i++)
            {
                sent += buffers.DatagramsOf(message++);
            }

            if (taken > 0 || LinuxNative.IsInterrupted(errno))
            {
                continue;
            }

            var count = buffers.DatagramsOf(message);
            if (LinuxNative.IsNoSuchCall(errno) && count == 1)
            {
                _unknownCall = true;
                return sent;
            }

            error = new SocketException((int)LinuxNative.ToSocketError(errno));
            if (count == 1 || SocketErrors.IsPendingIcmp(error.SocketErrorCode))
            {
                return sent;
            }

            return sent + SendApart(buffers, batch.Slice(sent, count), otherwise, buffers.SegmentSizeOf(message), errno, out error);
        }

        return sent;
    }

    /// <summary>The datagrams of a run that was refused, one by one.</summary>
    private int SendApart(
        LinuxSendBuffers buffers, ReadOnlySpan<OutgoingDatagram> run, UdpEndpoint? otherwise, int size, int errno, out SocketException? error)
    {
        var sent = SendSome(buffers, run, otherwise, largestSegment: 0, out error);
        if (sent > 0)
        {
            // Without segments it goes: so it was the segments.
            var largest = LinuxNative.ToSegmentRefusal(errno) switch
            {
                LinuxNative.SegmentRefusal.Size => size - 1,
                LinuxNative.SegmentRefusal.Unsupported => 0,
                _ => int.MaxValue,
            };
            _largestSegment = Math.Min(_largestSegment, largest);
        }

        return sent;
    }

    /// <returns>False, with an error, if not even the first datagram can be sent to.</returns>
    private bool Fill(
        LinuxSendBuffers buffers, ReadOnlySpan<OutgoingDatagram> batch, UdpEndpoint? otherwise, int largestSegment, out SocketException? error)
    {
        error = null;
        buffers.Clear();
        UdpEndpoint? last = null;
        ReadOnlySpan<byte> name = default;
        foreach (ref readonly var datagram in batch)
        {
            var destination = (datagram.Destination ?? otherwise)!;
            if (!ReferenceEquals(destination, last) && !portable.TryName(destination, out name))
            {
                error = buffers.Count == 0 ? new SocketException((int)SocketError.AddressFamilyNotSupported) : null;
                return error is null;
            }

            last = destination;
            if (datagram.Payload.Length > LinuxSendBuffers.LargestCopied || !buffers.TryAdd(datagram.Payload.Span, destination, name, largestSegment))
            {
                break;
            }
        }

        return true;
    }

    private int Call(LinuxNative.MultiMessageHeader* messages, int count, out int errno)
    {
        if (call is not null)
        {
            return call(messages, count, out errno);
        }

        try
        {
            var taken = LinuxNative.SendMessages(handle, messages, (uint)count, 0);
            errno = taken < 0 ? Marshal.GetLastPInvokeError() : 0;
            return taken;
        }
        catch (ObjectDisposedException)
        {
            errno = LinuxNative.BadDescriptor;
            return -1;
        }
    }
}
