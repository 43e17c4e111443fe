using System.Net.Sockets;
using System.Reactive;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using ReactiveLink.Tool.Output;

namespace ReactiveLink.Tool.Replaying;

/// <summary>Runs <c>reactivelink replay --to ENDPOINT</c>: the recorded bytes again, then the summary of <c>send</c>.</summary>
internal sealed class ReplaySending(IDatagramTransport transport) : IObserver<Datagram>
{
    private readonly TaskCompletionSource _completed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _sent;
    private long _bytes;
    private long _errors;
    private Exception? _lastError;
    private Exception? _failure;

    public static async Task<int> RunAsync(ReplaySettings settings, string endpoint, ToolEnvironment environment, CancellationToken stop)
    {
        using var transport = LinkOpening.OpenSender(endpoint, environment);
        var sending = new ReplaySending(transport);
        var end = new Subject<Unit>();
        using var replay = ReplayTransport.Open(settings, environment.Scheduler, faults: null).TakeUntil(end).Subscribe(sending);
        using (stop.Register(() => end.OnNext(Unit.Default)))
        {
            await sending._completed.Task.ConfigureAwait(false);
        }

        sending.WriteSummary(environment);
        return sending.GetExitCode(settings);
    }

    public void OnNext(Datagram value)
    {
        try
        {
            transport.Send(value.Payload.Span);
            _sent++;
            _bytes += value.Payload.Length;
        }
        catch (Exception exception) when (exception is DatagramSendException or DatagramTooLargeException)
        {
            // UDP tells of a receiver that is not there, or of a full network, and goes on.
            _errors++;
            _lastError = exception;
        }
        catch (Exception exception)
        {
            _failure = exception;
            _completed.TrySetResult();
        }
    }

    public void OnError(Exception error)
    {
        _failure = error;
        _completed.TrySetResult();
    }

    public void OnCompleted() => _completed.TrySetResult();

    private void WriteSummary(ToolEnvironment environment)
    {
        using var line = new JsonLine();
        var writer = line.Start(Keys.Summary);
        writer.WriteNumber(Keys.Sent, _sent);
        writer.WriteNumber(Keys.Bytes, _bytes);
        writer.WriteNumber(Keys.Errors, _errors);
        environment.Output.Write(line.End());
    }

    private int GetExitCode(ReplaySettings settings)
    {
        if (_failure is not null)
        {
            throw ReplaySession.Unreadable(settings, _failure);
        }

        if (_sent == 0 && _lastError is not null and not DatagramSendException { SocketError: SocketError.ConnectionRefused })
        {
            throw ToolException.Failure($"none of {_errors} datagrams could be sent: {_lastError.Message}", _lastError);
        }

        return ExitCodes.Success;
    }
}
