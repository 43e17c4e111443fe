using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;

namespace ReactiveLink.Tests.Transport;

/// <summary>The descriptors and threads of this process (Linux), and what others may do to a socket behind its owner's back.</summary>
internal static partial class Descriptors
{
    private const int ReadAndWrite = 2;

    /// <summary>Sockets, pipes and whatever else has no path; the runtime opens files of its own, for assemblies that it loads.</summary>
    public static int Count => Directory.EnumerateFileSystemEntries("/proc/self/fd").Count(link => new FileInfo(link).LinkTarget is { } target && target[0] != '/');

    public static int Threads => Directory.EnumerateDirectories("/proc/self/task").Count();

    /// <summary>Threads in which a transport receives: the system keeps 15 characters of a name.</summary>
    public static int ReceiveThreads => Directory.EnumerateDirectories("/proc/self/task").Count(task => Read(Path.Combine(task, "comm")).StartsWith("ReactiveLink re", StringComparison.Ordinal));

    /// <summary>Shuts down the sockets of this process that are bound to the port, as a debugger or a resource limiter might.</summary>
    public static void ShutDown(int port)
    {
        foreach (var descriptor in BoundTo(port))
        {
            // Reports "not connected", and works.
            _ = ShutDownSocket(descriptor, ReadAndWrite);
        }
    }

    public static void SetOption(int port, int level, int name, int value)
    {
        foreach (var descriptor in BoundTo(port))
        {
            Assert.Equal(0, SetSocketOption(descriptor, level, name, in value, sizeof(int)));
        }
    }

    /// <summary>A file of a process or thread; empty where that has ended meanwhile.</summary>
    public static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return "";
        }
    }

    private static List<int> BoundTo(int port)
    {
        Span<byte> address = stackalloc byte[28];
        List<int> found = [];
        foreach (var link in Directory.EnumerateFiles("/proc/self/fd"))
        {
            var descriptor = int.Parse(Path.GetFileName(link), CultureInfo.InvariantCulture);
            var length = address.Length;
            if (GetSocketName(descriptor, address, ref length) == 0 && length is 16 or 28 && BinaryPrimitives.ReadUInt16BigEndian(address[2..]) == port)
            {
                found.Add(descriptor);
            }
        }

        return found;
    }

    [LibraryImport("libc", EntryPoint = "getsockname")]
    private static partial int GetSocketName(int descriptor, Span<byte> address, ref int length);

    [LibraryImport("libc", EntryPoint = "shutdown")]
    private static partial int ShutDownSocket(int descriptor, int how);

    [LibraryImport("libc", EntryPoint = "setsockopt")]
    private static partial int SetSocketOption(int descriptor, int level, int name, in int value, int length);
}
