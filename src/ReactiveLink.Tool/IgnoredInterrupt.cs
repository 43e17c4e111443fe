using System.Runtime.InteropServices;

namespace ReactiveLink.Tool;

/// <summary>
/// A shell without job control starts background jobs (<c>reactivelink listen … &amp;</c>) with SIGINT ignored, and the runtime leaves an ignored
/// signal alone. SIGINT is how this command is ended, so it is taken out of that state before it is registered for.
/// </summary>
internal static partial class IgnoredInterrupt
{
    private const int SigInt = 2;
    private const nint Default = 0;
    private const nint Ignored = 1;

    /// <summary>More than any system's struct sigaction, whose first field is the handler on all of them.</summary>
    private const int ActionSize = 512;

    public static unsafe void Undo()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var action = stackalloc nint[ActionSize / sizeof(nint)];
        if (Query(SigInt, 0, action) == 0 && action[0] == Ignored)
        {
            _ = Set(SigInt, Default);
        }
    }

    [LibraryImport("libc", EntryPoint = "sigaction")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static unsafe partial int Query(int signal, nint newAction, nint* oldAction);

    [LibraryImport("libc", EntryPoint = "signal")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint Set(int signal, nint handler);
}
