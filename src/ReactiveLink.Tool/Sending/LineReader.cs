using System.Globalization;

namespace ReactiveLink.Tool.Sending;

/// <summary>
/// Lines of bytes from a stream, without their line breaks (LF or CRLF); a last line without one counts. One buffer is used for all; a line is
/// valid until the next is read.
/// </summary>
internal sealed class LineReader(Stream stream)
{
    /// <summary>No message can be longer: a datagram is at most 64 KiB, and compressed text shrinks at most a thousandfold, but is bounded too.</summary>
    public const int MaximumLength = 16 << 20;

    private byte[] _buffer = new byte[64 * 1024];
    private int _start;
    private int _end;
    private bool _ended;

    /// <summary>The number of the line last read, from 1.</summary>
    public long Number { get; private set; }

    /// <summary>The line last read.</summary>
    public ReadOnlyMemory<byte> Line { get; private set; }

    /// <summary>Reads the next line. A waiting read is left to itself when it is cancelled: what it reads then is lost with the process.</summary>
    /// <returns>False at the end of the stream.</returns>
    public ValueTask<bool> ReadAsync(CancellationToken cancellationToken) =>
        TryTake(0, out _) ? new ValueTask<bool>(result: true) : FillAsync(cancellationToken);

    private async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        while (!_ended)
        {
            var searched = _end - _start;
            MakeRoom();

            // A read of a terminal or a pipe cannot be cancelled; the wait for it can.
            var read = await stream.ReadAsync(_buffer.AsMemory(_end), CancellationToken.None).AsTask().WaitAsync(cancellationToken).ConfigureAwait(false);
            _end += read;
            _ended = read == 0;
            if (TryTake(searched, out var length))
            {
                return true;
            }

            if (length > MaximumLength)
            {
                throw ToolException.Usage(string.Create(
                    CultureInfo.InvariantCulture,
                    $"line {Number + 1} is longer than {MaximumLength} bytes; give one value a line."));
            }
        }

        var isNothing = _start == _end || (Number == 0 && _buffer.AsSpan(_start.._end).SequenceEqual("\uFEFF"u8));
        if (isNothing)
        {
            return false;
        }

        Take(_end - _start, _end - _start);
        return true;
    }

    private bool TryTake(int searched, out int length)
    {
        var gathered = _buffer.AsSpan(_start, _end - _start);
        length = gathered.Length;
        var end = gathered[searched..].IndexOf((byte)'\n');
        if (end < 0)
        {
            return false;
        }

        Take(searched + end, searched + end + 1);
        return true;
    }

    private void Take(int length, int consumed)
    {
        var line = _buffer.AsMemory(_start, length);
        _start += consumed;
        Number++;
        if (Number == 1 && line.Span.StartsWith("\uFEFF"u8))
        {
            line = line[3..];
        }

        Line = line.Length > 0 && line.Span[^1] == (byte)'\r' ? line[..^1] : line;
    }

    private void MakeRoom()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }

        if (_end == _buffer.Length)
        {
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }
    }
}
