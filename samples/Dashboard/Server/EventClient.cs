using System.Buffers;
using System.IO.Pipelines;

namespace Dashboard.Server;

/// <summary>
/// One browser. At most one event of each kind waits for it, the latest: every kind but messages tells the whole of its state, and messages say how many there were.
/// <list type="table">
/// <listheader><term>what happens</term><description>outcome</description></listheader>
/// <item><term>an event while one of its kind waits</term><description>takes its place; <see cref="Dropped"/> counts</description></item>
/// <item><term>the browser takes nothing for <c>bound</c></term><description><see cref="RunAsync"/> returns false</description></item>
/// <item><term>the browser goes, the server ends</term><description><see cref="RunAsync"/> returns true</description></item>
/// </list>
/// </summary>
internal sealed class EventClient
{
    private readonly Lock _gate = new();
    private readonly byte[]?[] _waiting = new byte[]?[EventBlock.Kinds];
    private TaskCompletionSource? _idle;
    private long _dropped;

    /// <summary>Events that gave way to later ones.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>
    /// Lays events down for the browser, and where it waits for some, writes them on this thread: to wake another for each browser would cost more than all else. Never
    /// waits, for neither the write nor the socket does.
    /// </summary>
    /// <param name="block">The events.</param>
    /// <param name="replace">Whether they are newer than what waits.</param>
    public void Offer(EventBlock block, bool replace = true)
    {
        TaskCompletionSource? idle = null;
        lock (_gate)
        {
            for (var kind = 0; kind < EventBlock.Kinds; kind++)
            {
                if (block[kind] is { } bytes && (replace || _waiting[kind] is null))
                {
                    _dropped += _waiting[kind] is null ? 0 : 1;
                    _waiting[kind] = bytes;
                    idle = _idle;
                }
            }
        }

        idle?.TrySetResult();
    }

    /// <summary>Writes what is laid down, until the end.</summary>
    /// <param name="output">The response's body.</param>
    /// <param name="retry">When the browser shall come back after a lost connection.</param>
    /// <param name="bound">How long one write may take.</param>
    /// <param name="time">The clock for that.</param>
    /// <param name="cancel">The browser has gone, or the server ends.</param>
    /// <returns>False if the browser was too slow.</returns>
    public async Task<bool> RunAsync(PipeWriter output, TimeSpan retry, TimeSpan bound, TimeProvider time, CancellationToken cancel)
    {
        try
        {
            using var gone = cancel.UnsafeRegister(static client => ((EventClient)client!).Wake(), this);
            output.Write(System.Text.Encoding.ASCII.GetBytes(FormattableString.Invariant($"retry: {retry.TotalMilliseconds:0}\n\n")));
            while (true)
            {
                await WaitAsync(cancel);
                cancel.ThrowIfCancellationRequested();
                Take(output);
                var flushed = output.FlushAsync(cancel);
                var result = flushed.IsCompleted ? await flushed : await flushed.AsTask().WaitAsync(bound, time, cancel);
                if (result.IsCompleted)
                {
                    return true;
                }
            }
        }
        catch (TimeoutException)
        {
            return false;
        }
        catch (OperationCanceledException)
        {
            return true;
        }
        catch (IOException)
        {
            return true;
        }
    }

    private void Wake()
    {
        TaskCompletionSource? idle;
        lock (_gate)
        {
            idle = _idle;
        }

        idle?.TrySetResult();
    }

    /// <summary>Until something is laid down. Only the writer waits.</summary>
    private Task WaitAsync(CancellationToken cancel)
    {
        lock (_gate)
        {
            _idle = !cancel.IsCancellationRequested && Array.TrueForAll(_waiting, static bytes => bytes is null) ? new TaskCompletionSource() : null;
            return _idle?.Task ?? Task.CompletedTask;
        }
    }

    private void Take(PipeWriter output)
    {
        lock (_gate)
        {
            for (var kind = 0; kind < EventBlock.Kinds; kind++)
            {
                if (_waiting[kind] is { } bytes)
                {
                    _waiting[kind] = null;
                    output.Write(bytes);
                }
            }
        }
    }
}
