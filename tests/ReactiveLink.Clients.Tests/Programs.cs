using System.ComponentModel;
using System.Diagnostics;
using System.Reflection;

namespace ReactiveLink.Clients.Tests;

/// <summary>A fact that needs Debian's package python3-statsd.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PythonStatsdFactAttribute : FactAttribute
{
    public PythonStatsdFactAttribute() => Skip = Programs.HasPythonStatsd ? null : "There is no statsd for Python on this machine: install Debian's package python3-statsd.";
}

/// <summary>A fact that needs the npm package hot-shots.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class HotShotsFactAttribute : FactAttribute
{
    public HotShotsFactAttribute() => Skip = Programs.HasHotShots ? null : "There is no hot-shots on this machine: npm install --prefix artifacts/clients hot-shots.";
}

/// <summary>A fact that needs the logger of util-linux.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LoggerFactAttribute : FactAttribute
{
    public LoggerFactAttribute() => Skip = Programs.HasLogger ? null : "There is no logger of util-linux on this machine: install Debian's package bsdutils.";
}

/// <summary>The programs of others that the tests run, where they are there.</summary>
internal static class Programs
{
    private static readonly Lazy<bool> PythonStatsd = new(() => Succeeds(Python, "-c", "import statsd"));
    private static readonly Lazy<bool> HotShots = new(() => Succeeds("env", "NODE_PATH=" + NodeModules, "node", "-e", "require('hot-shots')"));
    private static readonly Lazy<bool> Prometheus = new(() => Succeeds("prometheus", "--version") && Succeeds("promtool", "--version"));
    private static readonly Lazy<bool> Logger = new(() => Succeeds("logger", "--version"));

    /// <summary>Debian's own, for which its packages are; another one may come first in the path.</summary>
    public static string Python => File.Exists("/usr/bin/python3") ? "/usr/bin/python3" : "python3";

    public static string NodeModules { get; } = Path.Combine(
        typeof(Programs).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "RepositoryRoot").Value!, "artifacts", "clients", "node_modules");

    public static bool HasPythonStatsd => PythonStatsd.Value;

    public static bool HasHotShots => HotShots.Value;

    public static bool HasPrometheus => Prometheus.Value;

    public static bool HasLogger => Logger.Value;

    private static bool Succeeds(string program, params IEnumerable<string> arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!;
            process.ErrorDataReceived += (_, _) => { };
            process.BeginErrorReadLine();
            process.StandardOutput.ReadToEnd();
            return process.WaitForExit(TimeSpan.FromSeconds(60)) && process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
