using ReactiveLink;

namespace ControlLoop;

/// <summary>Sending what is stale a moment later: what the link refuses is counted and never sent again.</summary>
internal sealed class Sending<T>(UdpLink link, MessageType type)
{
    private long _sent;
    private long _refused;

    public long Sent => Interlocked.Read(ref _sent);

    public long Refused => Interlocked.Read(ref _refused);

    public async Task SendAsync(T data)
    {
        try
        {
            await link.SendAsync(data, Priority.High, type).ConfigureAwait(false);
            Interlocked.Increment(ref _sent);
        }
        catch (Exception exception) when (exception is DatagramSendException or ObjectDisposedException)
        {
            Interlocked.Increment(ref _refused);
        }
    }
}
