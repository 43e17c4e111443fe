using System.Net;
using System.Net.Sockets;

namespace ReactiveLink.Tool.Tests.Processes;

/// <summary>A theory that needs python3.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PythonTheoryAttribute : TheoryAttribute
{
    public PythonTheoryAttribute() => Skip = OriginalPeer.Missing;
}

/// <summary>A fact on a pseudo-terminal, which python3 makes.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class TerminalFactAttribute : FactAttribute
{
    public TerminalFactAttribute() => Skip = OperatingSystem.IsWindows() ? "Windows has no pseudo-terminals of this kind." : OriginalPeer.Missing;
}

/// <summary>A fact about signals and pipes as Unix has them.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class UnixFactAttribute : FactAttribute
{
    public UnixFactAttribute() => Skip = OperatingSystem.IsWindows() ? "Windows has no Unix signals." : null;
}

/// <summary>A fact that needs a device that is always full.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class FullDeviceFactAttribute : FactAttribute
{
    public FullDeviceFactAttribute() => Skip = File.Exists("/dev/full") ? null : "This system has no /dev/full.";
}

/// <summary>A fact that needs IPv6 on the loopback interface.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class IPv6FactAttribute : FactAttribute
{
    public IPv6FactAttribute() => Skip = HasLoopback() ? null : "This machine has no IPv6 loopback address.";

    private static bool HasLoopback()
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp);
            socket.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
