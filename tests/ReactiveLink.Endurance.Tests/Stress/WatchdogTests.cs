using System.Diagnostics;

namespace ReactiveLink.Endurance.Tests.Stress;

/// <summary>The stress program's watchdog, seen at work.</summary>
public sealed class WatchdogTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task A_stall_ends_the_program_with_what_each_worker_did_and_where_every_thread_is()
    {
        using var cancel = new CancellationTokenSource(Deadline);
        using var process = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "ReactiveLink.Stress.dll"), "--stall"])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
        })!;
        var output = await process.StandardOutput.ReadToEndAsync(cancel.Token);
        await process.WaitForExitAsync(cancel.Token);

        Assert.Equal(1, process.ExitCode);
        Assert.Contains("STALLED for over a second: staller", output, StringComparison.Ordinal);
        Assert.Contains("StallStorm.StallForever", output, StringComparison.Ordinal);
    }
}
