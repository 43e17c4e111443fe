namespace ReactiveLink.Transport;

/// <summary>Sums a socket's wrapping drop counter over the life of the transport and its successive sockets.</summary>
internal sealed class KernelDropMeter
{
    private readonly Lock _gate = new();
    private IUdpSocket? _socket;
    private uint _last;
    private long _total;

    public long Total => Interlocked.Read(ref _total);

    /// <summary>Takes up a new socket, or none; the old one's last count must have been observed before.</summary>
    public void Attach(IUdpSocket? socket)
    {
        lock (_gate)
        {
            _socket = socket;
            _last = 0;
        }
    }

    /// <summary>Reads the counter.</summary>
    /// <returns>By how much the total grew. The caller makes a fault of it: each increase is returned once.</returns>
    public long Observe()
    {
        // Read under the gate: a reading overtaken by another would look like a wrap. No foreign code runs here, one system call does.
        lock (_gate)
        {
            if (_socket is null || !_socket.TryReadKernelDrops(out var drops) || drops == _last)
            {
                return 0;
            }

            return Grow(drops);
        }
    }

    /// <summary>Takes a count that came with a datagram. It may be older than what was read from the socket meanwhile, and then says nothing new.</summary>
    /// <param name="socket">Whose datagram it was.</param>
    /// <param name="drops">The count when the datagram was queued.</param>
    /// <returns>As <see cref="Observe()"/>: each drop is returned once, whichever way it was noticed.</returns>
    public long Observe(IUdpSocket socket, uint drops)
    {
        lock (_gate)
        {
            return ReferenceEquals(socket, _socket) && unchecked((int)(drops - _last)) > 0 ? Grow(drops) : 0;
        }
    }

    private long Grow(uint drops)
    {
        var increase = unchecked(drops - _last);
        _last = drops;
        _total += increase;
        return increase;
    }
}
