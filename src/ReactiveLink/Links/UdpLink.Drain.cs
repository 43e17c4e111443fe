namespace ReactiveLink;

public sealed partial class UdpLink
{
    /// <summary>
    /// Lets the link finish before it is disposed: handlers take no further messages, what waits for them is handled, then what waits to be sent is sent.
    /// <list type="table">
    /// <listheader><term>what</term><description>what becomes of it</description></listheader>
    /// <item><term>messages that wait for handlers, handlers that run</term><description>go on; are waited for</description></item>
    /// <item><term>handlers that have timed out</term><description>are not waited for</description></item>
    /// <item><term>a message for a handler that comes meanwhile</term>
    /// <description>dropped there: a <see cref="FaultReason.Draining"/> fault, counted in <see cref="RouteStatistics.Dropped"/></description></item>
    /// <item><term>streams, <see cref="ReceiveAsync"/>, sending</term><description>go on until the link is disposed, so a handler can send its answer, or wait for one</description></item>
    /// <item><term>the time is up</term><description>what waits for handlers is dropped: <see cref="FaultReason.Draining"/>; handlers that run are
    /// cancelled: <see cref="FaultReason.HandlerTimeout"/></description></item>
    /// <item><term>dispose</term><description>ends the drain</description></item>
    /// <item><term>a handler that never returns and has no timeout (<see cref="System.Threading.Timeout.InfiniteTimeSpan"/>), without <paramref name="timeIsUp"/></term>
    /// <description>is waited for until the link is disposed</description></item>
    /// </list>
    /// May be called again. A handler that awaits it waits for itself: until its timeout, or for ever without one.
    /// </summary>
    /// <param name="timeIsUp">Cancelled when it has taken long enough. Without it the drain takes as long as the handlers' timeouts and the sends let it.</param>
    /// <returns>Whether everything was handled and sent in time. Then dispose the link.</returns>
    public async Task<bool> DrainAsync(CancellationToken timeIsUp = default)
    {
        var handled = await IsInTime(_router.DrainAsync(), timeIsUp).ConfigureAwait(false);
        if (!handled)
        {
            _router.CutOff();
        }

        return await IsInTime(_sender.DrainAsync(), timeIsUp).ConfigureAwait(false) && handled;
    }

    private static async Task<bool> IsInTime(Task drained, CancellationToken timeIsUp)
    {
        try
        {
            await drained.WaitAsync(timeIsUp).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
