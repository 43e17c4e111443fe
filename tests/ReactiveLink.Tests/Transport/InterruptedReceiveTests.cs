using System.Globalization;
using System.Runtime.InteropServices;

namespace ReactiveLink.Tests.Transport;

/// <summary>Signals that come while the receive thread is in the system call: a profiler's, a timer's of native code in the process.</summary>
[Needs(Capability.Linux)]
public sealed partial class InterruptedReceiveTests
{
    private const int UserSignal = 12;

    [CapableTheory]
    [InlineData(SocketEngine.Automatic)]
    [InlineData(SocketEngine.Portable)]
    public void A_signal_is_no_fault_and_costs_no_datagram(SocketEngine engine)
    {
        // A handler that does nothing (abs), and for which system calls are not begun anew by the system.
        Signal(UserSignal, NativeLibrary.GetExport(NativeLibrary.GetMainProgramHandle(), "abs"));
        Assert.Equal(0, InterruptBySignal(UserSignal, 1));
        using var transport = UdpTransport.Listen("127.0.0.1:0", o => o with { Engine = engine });
        using var sender = Transports.Plain();
        var thread = 0;
        var datagrams = Transports.Record(transport.Datagrams, _ => thread = CurrentThread());
        var faults = Transports.Record(transport.Faults);
        transport.Start();

        for (byte i = 0; i < 20; i++)
        {
            sender.SendTo([i], transport.LocalEndpoint.ToIPEndPoint());
            datagrams.WaitForCount(i + 1);
            Eventually.True(() => thread != 0 && IsAsleep(thread), "the thread is back in its system call");
            Assert.Equal(0, SendSignal(Environment.ProcessId, thread, UserSignal));
            Eventually.True(() => IsAsleep(thread) && !IsPending(thread), "the signal was handled");
        }

        sender.SendTo([20], transport.LocalEndpoint.ToIPEndPoint());
        datagrams.WaitForCount(21);
        transport.Dispose();
        datagrams.WaitForEnd();
        faults.WaitForEnd();
        Assert.Empty(faults.Values);
        Assert.Equal(0, transport.GetStatistics().SocketErrors);
        Assert.Equal(Enumerable.Range(0, 21), datagrams.Values.Select(d => (int)d.Payload.Span[0]));
    }

    private static bool IsAsleep(int thread) => Status(thread, "State:").StartsWith('S');

    private static bool IsPending(int thread) => Status(thread, "SigPnd:").AsSpan().TrimStart('0').Length != 0;

    private static string Status(int thread, string key) => Descriptors.Read(string.Create(CultureInfo.InvariantCulture, $"/proc/self/task/{thread}/status"))
        .Split('\n').First(line => line.StartsWith(key, StringComparison.Ordinal))[key.Length..].Trim();

    [LibraryImport("libc", EntryPoint = "gettid")]
    private static partial int CurrentThread();

    [LibraryImport("libc", EntryPoint = "tgkill")]
    private static partial int SendSignal(int process, int thread, int signal);

    [LibraryImport("libc", EntryPoint = "signal")]
    private static partial nint Signal(int signal, nint handler);

    [LibraryImport("libc", EntryPoint = "siginterrupt")]
    private static partial int InterruptBySignal(int signal, int interrupts);
}
