namespace ReactiveLink.Tool.Output;

/// <summary>
/// Whole lines on their way to a sink: appended on any thread, written by one thread of its own, which takes all that has gathered at once. So a
/// line goes out as soon as nothing is before it, and a flood goes out in large writes. The gathered bytes are bounded: at the bound, appending
/// waits for the sink, the receive thread stands still, and what the system then drops is counted as <c>kernel-drop</c>.
/// </summary>
internal sealed class OutputQueue : IDisposable
{
    /// <summary>Bytes that may gather while the sink is busy: some thousand lines.</summary>
    private const int Capacity = 1 << 20;

    private readonly object _gate = new();
    private readonly IByteSink _sink;
    private readonly Action _closed;
    private readonly Thread _writer;
    private byte[] _gathering = new byte[64 * 1024];
    private byte[] _writing = new byte[64 * 1024];
    private int _count;
    private bool _completed;
    private bool _writerWaits;
    private int _appendersWait;
    private volatile bool _isClosed;

    /// <summary>Starts the writing thread.</summary>
    /// <param name="sink">Where the lines go.</param>
    /// <param name="closed">Called once, on the writing thread, when nobody reads any more.</param>
    public OutputQueue(IByteSink sink, Action closed)
    {
        _sink = sink;
        _closed = closed;
        _writer = new Thread(WriteAll) { IsBackground = true, Name = "reactivelink output" };
        _writer.Start();
    }

    /// <summary>Nobody reads any more; what is appended is discarded.</summary>
    public bool IsClosed => _isClosed;

    /// <summary>An append waits for the sink now: the receive thread stands still, whatever is on the network.</summary>
    public bool IsBlocked => Volatile.Read(ref _appendersWait) != 0;

    /// <summary>Appends a whole line, its line break included.</summary>
    public void Append(ReadOnlySpan<byte> line)
    {
        lock (_gate)
        {
            if (_completed)
            {
                return;
            }

            // One line may be larger than the bound; it then waits for an empty buffer.
            while (_count > 0 && _count + line.Length > Capacity && !_isClosed)
            {
                _appendersWait++;
                Monitor.Wait(_gate);
                _appendersWait--;
            }

            if (_isClosed)
            {
                return;
            }

            Reserve(line.Length);
            line.CopyTo(_gathering.AsSpan(_count));
            _count += line.Length;
            if (_writerWaits)
            {
                _writerWaits = false;
                Monitor.PulseAll(_gate);
            }
        }
    }

    /// <summary>Writes all that was appended, then ends the thread. Idempotent.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _completed = true;
            Monitor.PulseAll(_gate);
        }

        if (Thread.CurrentThread != _writer)
        {
            _writer.Join();
        }
    }

    private void WriteAll()
    {
        while (Take(out var count))
        {
            if (!_sink.Write(_writing.AsSpan(0, count)))
            {
                Close();
                return;
            }
        }
    }

    /// <summary>Swaps the two buffers; false at the end.</summary>
    private bool Take(out int count)
    {
        lock (_gate)
        {
            while (_count == 0 && (!_completed || _appendersWait != 0))
            {
                _writerWaits = true;
                Monitor.Wait(_gate);
            }

            _writerWaits = false;
            count = _count;
            _count = 0;
            (_gathering, _writing) = (_writing, _gathering);
            if (_appendersWait != 0)
            {
                Monitor.PulseAll(_gate);
            }

            return count != 0;
        }
    }

    private void Close()
    {
        lock (_gate)
        {
            _isClosed = true;
            Monitor.PulseAll(_gate);
        }

        _closed();
    }

    private void Reserve(int length)
    {
        if (_gathering.Length - _count < length)
        {
            Array.Resize(ref _gathering, Math.Max(_gathering.Length * 2, _count + length));
        }
    }
}
