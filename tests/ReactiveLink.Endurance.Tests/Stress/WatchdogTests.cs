using System.Diagnostics;
using System.Text;

namespace ReactiveLink.Endurance.Tests.Stress;

/// <summary>The stress program's watchdog, seen at work.</summary>
public sealed class WatchdogTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task A_stall_ends_the_program_with_what_each_worker_did_and_where_every_thread_is()
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "ReactiveLink.Stress.dll"), "--stall"])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
        })!;
        var output = new StringBuilder();
        process.OutputDataReceived += (_, line) => output.AppendLine(line.Data);
        process.BeginOutputReadLine();
        using var deadline = new CancellationTokenSource(Deadline);
        try
        {
            await process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
            Assert.Fail($"It did not end. It said: {output}");
        }

        Assert.Equal(1, process.ExitCode);
        Assert.Contains("STALLED for over a second: staller", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("StallStorm.StallForever", output.ToString(), StringComparison.Ordinal);
    }
}
