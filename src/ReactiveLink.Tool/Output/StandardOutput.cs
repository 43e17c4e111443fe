using System.Runtime.InteropServices;

namespace ReactiveLink.Tool.Output;

/// <summary>
/// The process's standard output. On Unix by write(2): the runtime's own console stream hides a closed pipe (EPIPE), and a listener whose reader
/// has gone would then never end.
/// </summary>
internal sealed partial class StandardOutput : IByteSink
{
    private const int Descriptor = 1;
    private const int Interrupted = 4;

    private StandardOutput()
    {
    }

    public static IByteSink Open() =>
        OperatingSystem.IsWindows() ? new StreamSink(Console.OpenStandardOutput()) : new StandardOutput();

    public unsafe bool Write(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            nint written = 0;
            while (written < bytes.Length)
            {
                var count = WriteTo(Descriptor, start + written, bytes.Length - written);
                if (count >= 0)
                {
                    written += count;
                }
                else if (!ShouldRetry(Marshal.GetLastPInvokeError()))
                {
                    return false;
                }
            }
        }

        return true;
    }

    private static unsafe bool ShouldRetry(int error)
    {
        if (error == Interrupted)
        {
            return true;
        }

        // Somebody who shares the descriptor made it non-blocking: wait until it takes bytes again.
        if (error != (OperatingSystem.IsMacOS() || OperatingSystem.IsFreeBSD() ? 35 : 11))
        {
            return false;
        }

        var wait = new PollDescriptor { Descriptor = Descriptor, Events = 4 };
        return Poll(&wait, 1, -1) >= 0 || Marshal.GetLastPInvokeError() == Interrupted;
    }

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static unsafe partial nint WriteTo(int descriptor, byte* bytes, nint count);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static unsafe partial int Poll(PollDescriptor* descriptors, nuint count, int timeout);

    [StructLayout(LayoutKind.Sequential)]
    private struct PollDescriptor
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }
}
