using System.Diagnostics;

namespace ReactiveLink.Testing.Tests.Capture;

/// <summary>A fact that needs Wireshark's command-line programs.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class WiresharkFactAttribute : FactAttribute
{
    public WiresharkFactAttribute() => Skip = Wireshark.IsThere ? null : "There is no tshark and editcap on this machine: install Debian's package tshark.";
}

/// <summary>Wireshark's programs for the command line.</summary>
internal static class Wireshark
{
    private static readonly Lazy<bool> Found = new(() => CanRun("tshark") && CanRun("editcap") && CanRun("capinfos"));

    public static bool IsThere => Found.Value;

    public static string[] Run(string program, params IEnumerable<string> arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        Assert.True(process.WaitForExit(TimeSpan.FromSeconds(90)), $"{program} does not end");
        Assert.True(process.ExitCode == 0, $"{program}: {error.Result}");
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static bool CanRun(string program)
    {
        try
        {
            Run(program, "--version");
            return true;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
