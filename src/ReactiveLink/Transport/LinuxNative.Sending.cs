using System.Runtime.InteropServices;

namespace ReactiveLink.Transport;

/// <content>Sending: many datagrams in one system call, and one buffer that the system cuts into datagrams of one size (UDP_SEGMENT, udp(7)).</content>
internal static unsafe partial class LinuxNative
{
    /// <summary>SOL_UDP.</summary>
    public const int UdpLevel = 17;

    /// <summary>UDP_SEGMENT.</summary>
    public const int UdpSegment = 103;

    private const int InputOutput = 5;
    private const int NoSuchCall = 38;
    private const int NoProtocolOption = 92;
    private const int NotSupported = 95;

    /// <summary>What a segmented datagram may be refused for that a plain one of its size is not.</summary>
    public enum SegmentRefusal
    {
        /// <summary>Something else.</summary>
        None,

        /// <summary>The segments do not fit the path.</summary>
        Size,

        /// <summary>The system, the device or the route cannot segment.</summary>
        Unsupported,
    }

    /// <summary>sendmmsg(2).</summary>
    [LibraryImport("libc", EntryPoint = "sendmmsg", SetLastError = true)]
    public static partial int SendMessages(SafeHandle socket, MultiMessageHeader* messages, uint count, int flags);

    [LibraryImport("libc", EntryPoint = "sendmmsg", SetLastError = true)]
    private static partial int SendMessages(int socket, MultiMessageHeader* messages, uint count, int flags);

    /// <summary>Whether this process may call sendmmsg.</summary>
    public static bool CanSendMessages()
    {
        if (!OperatingSystem.IsLinux() || !Environment.Is64BitProcess)
        {
            return false;
        }

        try
        {
            SendMessages(-1, messages: null, 0, 0);
            return Marshal.GetLastPInvokeError() == BadDescriptor;
        }
        catch (Exception exception) when (exception is DllNotFoundException or EntryPointNotFoundException)
        {
            return false;
        }
    }

    public static bool IsInterrupted(int errno) => errno == Interrupted;

    public static bool IsNoSuchCall(int errno) => errno is NoSuchCall or NotSupported;

    public static SegmentRefusal ToSegmentRefusal(int errno) => errno switch
    {
        InvalidArgument or MessageSize => SegmentRefusal.Size,
        InputOutput or NoSuchCall or NotSupported => SegmentRefusal.Unsupported,
        _ => SegmentRefusal.None,
    };

    /// <summary>struct cmsghdr with the 16-bit size of UDP_SEGMENT, filled up to CMSG_SPACE.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 24)]
    public struct SegmentControl
    {
        public nuint Length;
        public int Level;
        public int Type;
        public ushort Size;

        /// <summary>CMSG_LEN(2): without the filling.</summary>
        public static SegmentControl Of(int size) => new() { Length = 18, Level = UdpLevel, Type = UdpSegment, Size = (ushort)size };
    }
}
