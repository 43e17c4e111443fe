using System.Globalization;
using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using System.Reactive.Linq;
using ReactiveLink.Testing;
using ReactiveLink.Tool.Output;

namespace ReactiveLink.Tool.Recording;

/// <summary>Runs <c>reactivelink record</c>: the socket, then the file, then datagrams until an end is asked for.</summary>
internal static class RecordSession
{
    public static async Task<int> RunAsync(RecordSettings settings, ToolEnvironment environment, CancellationToken stop)
    {
        // The socket first: a port in use must not cost an older recording.
        using var transport = LinkOpening.OpenListener(settings.Endpoint, settings.Groups, environment);
        var run = new RecordRun();
        using var faults = transport.Faults.Subscribe(run);
        using var recording = Limited(transport.Datagrams, settings.Count)
            .TakeUntil(run.EndAsked)
            .WriteCapture(settings.Out, transport.LocalEndpoint, new CaptureWriteOptions { Application = ToolCommand.Name })
            .Subscribe(run);
        if (!run.Completed.IsCompleted)
        {
            WriteStart(environment, transport);
            await RecordAsync(transport, run, settings, environment, stop).ConfigureAwait(false);
            await transport.DisposeAsync().ConfigureAwait(false);
            WriteSummary(environment, run);
        }

        return run.Error switch
        {
            null => ExitCodes.Success,
            CaptureException { Offset: 0 } failure => throw ToolException.Usage(
                $"cannot write --out '{settings.Out}': {failure.InnerException?.Message ?? failure.Message} Give a file that can be written.", failure),
            CaptureException failure => throw ToolException.Failure(
                string.Create(CultureInfo.InvariantCulture, $"'{settings.Out}' is not complete after {failure.Offset} bytes: {failure.Message}"), failure),
            { } failure => throw ToolException.Failure($"the socket failed and could not be recovered: {failure.Message}", failure),
        };
    }

    private static IObservable<Datagram> Limited(IObservable<Datagram> datagrams, long? count)
    {
        var taken = 0L;
        return count is { } limit ? datagrams.TakeUntil(_ => ++taken == limit) : datagrams;
    }

    private static async Task RecordAsync(
        IDatagramTransport transport, RecordRun run, RecordSettings settings, ToolEnvironment environment, CancellationToken stop)
    {
        using var timers = new CompositeDisposable();
        if (settings.Idle is { } idle)
        {
            run.Idle = new IdleWatch(environment.Scheduler, idle, () => false, run.End);
            timers.Add(run.Idle);
        }

        if (settings.Duration is { } duration)
        {
            timers.Add(environment.Scheduler.Schedule(duration, run.End));
        }

        using var stopping = stop.Register(run.End);
        transport.Start();
        await run.Completed.ConfigureAwait(false);
    }

    private static void WriteStart(ToolEnvironment environment, IDatagramTransport transport)
    {
        using var line = new JsonLine();
        line.Start(Keys.Recording).WriteString(Keys.Endpoint, transport.LocalEndpoint.ToString());
        environment.Output.Write(line.End());
    }

    private static void WriteSummary(ToolEnvironment environment, RecordRun run)
    {
        using var line = new JsonLine();
        var writer = line.Start(Keys.Summary);
        writer.WriteNumber(Keys.Datagrams, run.Datagrams);
        writer.WriteNumber(Keys.Bytes, run.Bytes);
        writer.WriteStartObject(Keys.Faults);
        foreach (var (reason, count) in run.Faults)
        {
            writer.WriteNumber(reason.ToName(), count);
        }

        writer.WriteEndObject();
        environment.Output.Write(line.End());
    }
}
