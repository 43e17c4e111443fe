using System.Diagnostics;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace ReactiveLink.Endurance.Tests.Network;

/// <summary>
/// A network of its own on this machine, made by <c>ip netns</c>. A socket stays in the namespace of the thread that opened it, and a thread begins in that of
/// the one that started it: so whatever <see cref="Run{T}"/> opens and starts lives there, its receive thread included.
/// </summary>
internal sealed partial class NetworkNamespace : IDisposable
{
    private const int NetworkKind = 0x40000000;
    private const string Folder = "/run/netns";
    private const string Prefix = "reactivelink-";

    private static readonly Lazy<string?> Reason = new(FindReason);
    private static int _made;

    public NetworkNamespace(string host)
    {
        Name = $"{Prefix}{Environment.ProcessId}-{Interlocked.Increment(ref _made)}-{host}";
        RunTool("netns", "add", Name);
        Ip("link set lo up");
    }

    /// <summary>Why this machine cannot have one, or null.</summary>
    public static string? MissingReason => Reason.Value;

    public string Name { get; }

    /// <summary><c>ip</c> in this namespace, as typed on a command line.</summary>
    public void Ip(string command) => RunTool(["-n", Name, .. command.Split(' ')]);

    /// <summary>Sets a value below /proc/sys, which is this namespace's own.</summary>
    public void Set(string setting, int value) => Run(() =>
    {
        // By a thread in there: the same path shows each namespace its own.
        File.WriteAllText("/proc/sys/" + setting, FormattableString.Invariant($"{value}"));
        return true;
    });

    /// <summary>Runs an action on a thread in this namespace and waits for it.</summary>
    public T Run<T>(Func<T> action)
    {
        T result = default!;
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                Enter();
                result = action();
            }
            catch (Exception exception)
            {
                failure = exception;
            }
        });
        thread.Start();
        thread.Join();
        if (failure is not null)
        {
            ExceptionDispatchInfo.Throw(failure);
        }

        return result;
    }

    public void Dispose() => RunTool("netns", "del", Name);

    private void Enter()
    {
        using var file = File.OpenHandle(Path.Combine(Folder, Name));
        if (SetNamespace(file, NetworkKind) != 0)
        {
            throw new InvalidOperationException($"setns({Name}): error {Marshal.GetLastPInvokeError()}");
        }
    }

    private static string? FindReason()
    {
        if (!OperatingSystem.IsLinux())
        {
            return "Only Linux has network namespaces.";
        }

        if (!Environment.IsPrivilegedProcess)
        {
            return "Only root may make network namespaces.";
        }

        try
        {
            DeleteForsaken();
            using var tried = new NetworkNamespace("try");
            tried.Ip("link add near0 type veth peer name far0");
            return tried.Run(() => (string?)null);
        }
        catch (Exception exception)
        {
            return "This machine makes no network namespaces: " + exception.Message.Trim();
        }
    }

    /// <summary>What runs of these tests that were killed have left.</summary>
    private static void DeleteForsaken()
    {
        foreach (var path in Directory.Exists(Folder) ? Directory.GetFiles(Folder, Prefix + "*") : [])
        {
            if (!Directory.Exists("/proc/" + Path.GetFileName(path)[Prefix.Length..].Split('-')[0]))
            {
                RunTool("netns", "del", Path.GetFileName(path));
            }
        }
    }

    private static void RunTool(params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("ip", arguments) { RedirectStandardError = true, UseShellExecute = false };
        using var process = Process.Start(start) ?? throw new InvalidOperationException("ip does not start.");
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"ip {string.Join(' ', arguments)}: {error}");
        }
    }

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetNamespace(SafeHandle file, int kind);
}
