using System.Reactive.Concurrency;
using System.Reactive.Disposables;

namespace ReactiveLink.Transport;

/// <summary>
/// The transport's current socket, replaced after a loss and closed once. Whichever of replacing and closing comes last disposes the socket,
/// so none is left open.
/// </summary>
internal sealed class UdpSocketHolder
{
    private readonly object _waitGate = new();
    private IUdpSocket? _current;
    private volatile bool _closed;

    public UdpSocketHolder(IUdpSocket socket)
    {
        _current = socket;
        Drops.Attach(socket);
    }

    public KernelDropMeter Drops { get; } = new();

    /// <summary>The socket, or null while it is lost or after it was closed.</summary>
    public IUdpSocket? Current => Volatile.Read(ref _current);

    public bool IsClosed => _closed;

    /// <summary>Disposes the lost socket. Its drops must have been observed.</summary>
    public void Drop()
    {
        Drops.Attach(socket: null);
        Interlocked.Exchange(ref _current, null)?.Dispose();
    }

    /// <summary>Takes a new socket, or disposes it if everything was closed meanwhile.</summary>
    /// <returns>Whether it was taken.</returns>
    public bool TryReplace(IUdpSocket socket)
    {
        Drops.Attach(socket);
        Interlocked.Exchange(ref _current, socket);
        if (!_closed)
        {
            return true;
        }

        Drop();
        return false;
    }

    /// <summary>Closes for good; unblocks a receive and every <see cref="Wait"/>.</summary>
    public void Close()
    {
        _closed = true;
        Interlocked.Exchange(ref _current, null)?.Dispose();
        lock (_waitGate)
        {
            Monitor.PulseAll(_waitGate);
        }
    }

    /// <summary>Blocks for a time of the scheduler, or until closed.</summary>
    /// <returns>Whether it is still open.</returns>
    public bool Wait(IScheduler scheduler, TimeSpan delay)
    {
        var due = false;
        using var timer = scheduler.Schedule(this, delay, (_, self) =>
        {
            lock (self._waitGate)
            {
                due = true;
                Monitor.PulseAll(self._waitGate);
            }

            return Disposable.Empty;
        });
        lock (_waitGate)
        {
            while (!due && !_closed)
            {
                Monitor.Wait(_waitGate);
            }
        }

        return !_closed;
    }
}
