using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using ReactiveLink.Tool.Output;

namespace ReactiveLink.Tool.Listening;

/// <summary>Runs <c>reactivelink listen</c>: opens the link, tells what it receives until an end is asked for, then sums up.</summary>
internal static class ListenSession
{
    public static async Task<int> RunAsync(ListenSettings settings, ToolEnvironment environment, CancellationToken stop)
    {
        using var closed = CancellationTokenSource.CreateLinkedTokenSource(stop);
        using var output = new OutputQueue(environment.Output, closed.Cancel);
        using var link = LinkOpening.Listen(settings, environment);
        using var report = CreateReport(settings, environment, output);
        var run = new ListenRun(link, report, settings);
        report.Listening(link);
        await ReceiveAsync(link, run, report, settings, environment, closed.Token).ConfigureAwait(false);
        await link.DisposeAsync().ConfigureAwait(false);

        // Longer than the disposal waits, if the output is slow: the last message is told before the summary.
        await run.Completed.ConfigureAwait(false);
        run.Summarize();
        return run.Error is null
            ? ExitCodes.Success
            : throw ToolException.Failure($"the socket failed and could not be recovered: {run.Error.Message}", run.Error);
    }

    private static async Task ReceiveAsync(
        UdpLink link,
        ListenRun run,
        IListenReport report,
        ListenSettings settings,
        ToolEnvironment environment,
        CancellationToken stop)
    {
        // The subscriptions to messages and faults are kept until the link completes them: nothing is counted and not told.
        _ = link.Faults.Subscribe(run);
        _ = link.Messages.Subscribe(run);
        using var timers = new CompositeDisposable();
        if (settings.Idle is { } idle)
        {
            run.Idle = new IdleWatch(environment.Scheduler, idle, () => report.IsBlocked, run.End);
            timers.Add(run.Idle);
            timers.Add(link.Datagrams.Subscribe(run));
        }

        if (settings.Duration is { } duration)
        {
            timers.Add(environment.Scheduler.Schedule(duration, run.End));
        }

        using var stopping = stop.Register(run.End);
        link.Start();
        await run.Ended.ConfigureAwait(false);
    }

    private static IListenReport CreateReport(ListenSettings settings, ToolEnvironment environment, OutputQueue output) =>
        (settings.Output, environment.OutputIsTerminal) switch
        {
            (ListenOutput.JsonLines, _) or (ListenOutput.Automatic, false) => new JsonLinesReport(output),
            (_, true) => new TableReport(environment),
            _ => new PlainReport(output, environment.Scheduler),
        };
}
