using ReactiveLink.Testing;
using ReactiveLink.Tool.Listening;
using ReactiveLink.Tool.Output;

namespace ReactiveLink.Tool.Replaying;

/// <summary>Runs <c>reactivelink replay</c> to standard output: a link over a capture, told of as <c>listen</c> does.</summary>
internal static class ReplaySession
{
    public static Task<int> RunAsync(ReplaySettings settings, ToolEnvironment environment, CancellationToken stop) =>
        settings.To is { } endpoint ? ReplaySending.RunAsync(settings, endpoint, environment, stop) : ShowAsync(settings, environment, stop);

    /// <summary>A capture that cannot be read is the user's to change.</summary>
    public static ToolException Unreadable(ReplaySettings settings, Exception failure) => failure is CaptureException
        ? ToolException.Usage($"cannot replay '{settings.File}': {failure.Message}", failure)
        : ToolException.Failure($"replaying '{settings.File}' failed: {failure.Message}", failure);

    private static async Task<int> ShowAsync(ReplaySettings settings, ToolEnvironment environment, CancellationToken stop)
    {
        using var closed = CancellationTokenSource.CreateLinkedTokenSource(stop);
        using var output = new OutputQueue(environment.Output, closed.Cancel);
        using var link = UdpLink.Over(
            new ReplayTransport(settings, environment.Scheduler),
            new LinkOptions { Frame = settings.Frame, Codec = settings.Codec, AutoStart = false });
        using var report = new JsonLinesReport(output);
        var run = new ListenRun(link, report, new ListenSettings { Endpoint = settings.File });
        WriteStart(settings, output);
        _ = link.Faults.Subscribe(run);
        _ = link.Messages.Subscribe(run);
        using (closed.Token.Register(run.End))
        {
            link.Start();
            await run.Ended.ConfigureAwait(false);
        }

        await link.DisposeAsync().ConfigureAwait(false);
        await run.Completed.ConfigureAwait(false);
        run.Summarize();
        return run.Error is null ? ExitCodes.Success : throw Unreadable(settings, run.Error);
    }

    private static void WriteStart(ReplaySettings settings, OutputQueue output)
    {
        using var line = new JsonLine();
        line.Start(Keys.Replaying).WriteString(Keys.File, settings.File);
        output.Append(line.End());
    }
}
