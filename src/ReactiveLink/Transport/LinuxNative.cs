using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace ReactiveLink.Transport;

/// <summary>The system calls and structures of Linux that .NET does not have, as the kernel's ABI lays them out on 64-bit machines (x64 and arm64 alike).</summary>
internal static unsafe partial class LinuxNative
{
    /// <summary>Wait for the first datagram only (MSG_WAITFORONE).</summary>
    public const int WaitForOne = 0x10000;

    /// <summary>The datagram was larger than its buffer (MSG_TRUNC); asked for, its whole length is told.</summary>
    public const int Truncated = 0x20;

    /// <summary>There was no room for all control messages (MSG_CTRUNC).</summary>
    public const int ControlTruncated = 0x8;

    private const int NotPermitted = 1;
    private const int Interrupted = 4;
    public const int BadDescriptor = 9;
    private const int WouldBlock = 11;
    private const int NoMemory = 12;
    private const int AccessDenied = 13;
    private const int InvalidArgument = 22;
    private const int BrokenPipe = 32;
    private const int NotOnNetwork = 64;
    private const int ProtocolError = 71;
    private const int NotSocket = 88;
    private const int NoDestination = 89;
    private const int MessageSize = 90;
    private const int WrongFamily = 97;
    private const int NoSuchAddress = 99;
    private const int NetworkDown = 100;
    private const int NetworkUnreachable = 101;
    private const int ConnectionReset = 104;
    private const int NoBuffers = 105;
    private const int ConnectionRefused = 111;
    private const int HostDown = 112;
    private const int HostUnreachable = 113;

    /// <summary>recvmmsg(2).</summary>
    [LibraryImport("libc", EntryPoint = "recvmmsg", SetLastError = true)]
    public static partial int ReceiveMessages(SafeHandle socket, MultiMessageHeader* messages, uint count, int flags, void* timeout);

    [LibraryImport("libc", EntryPoint = "recvmmsg", SetLastError = true)]
    private static partial int ReceiveMessages(int socket, MultiMessageHeader* messages, uint count, int flags, void* timeout);

    /// <summary>Whether this process may call recvmmsg: an old kernel or a sandbox may not let it.</summary>
    public static bool CanReceiveMessages()
    {
        if (!OperatingSystem.IsLinux() || !Environment.Is64BitProcess)
        {
            return false;
        }

        try
        {
            // No such descriptor: a system that knows the call says so.
            ReceiveMessages(-1, messages: null, 0, 0, timeout: null);
            return Marshal.GetLastPInvokeError() == BadDescriptor;
        }
        catch (Exception exception) when (exception is DllNotFoundException or EntryPointNotFoundException)
        {
            return false;
        }
    }

    /// <summary>.NET's error for an errno of receiving or sending.</summary>
    public static SocketError ToSocketError(int errno) => errno switch
    {
        Interrupted => SocketError.Interrupted,
        BadDescriptor => SocketError.OperationAborted,
        WouldBlock => SocketError.WouldBlock,
        NoMemory or NoBuffers => SocketError.NoBufferSpaceAvailable,
        AccessDenied or NotPermitted => SocketError.AccessDenied,
        InvalidArgument => SocketError.InvalidArgument,
        BrokenPipe => SocketError.Shutdown,
        NotSocket => SocketError.NotSocket,
        NoDestination => SocketError.DestinationAddressRequired,
        MessageSize => SocketError.MessageSize,
        ProtocolError or NoProtocolOption => SocketError.ProtocolOption,
        WrongFamily => SocketError.AddressFamilyNotSupported,
        NoSuchAddress => SocketError.AddressNotAvailable,
        NetworkDown => SocketError.NetworkDown,
        NetworkUnreachable => SocketError.NetworkUnreachable,
        ConnectionReset => SocketError.ConnectionReset,
        ConnectionRefused => SocketError.ConnectionRefused,
        HostDown => SocketError.HostDown,
        HostUnreachable or NotOnNetwork => SocketError.HostUnreachable,
        _ => SocketError.SocketError,
    };

    /// <summary>struct iovec.</summary>
    public struct IoVector
    {
        public byte* Base;
        public nuint Length;
    }

    /// <summary>struct msghdr.</summary>
    public struct MessageHeader
    {
        public byte* Name;
        public uint NameLength;
        public IoVector* Vectors;
        public nuint VectorCount;
        public byte* Control;
        public nuint ControlLength;
        public int Flags;
    }

    /// <summary>struct mmsghdr.</summary>
    public struct MultiMessageHeader
    {
        public MessageHeader Header;
        public uint Length;
    }
}
