namespace ReactiveLink.Framing;

/// <summary>
/// Feeds memory to a decompressor and tells whether it needed exactly all of it. ZLibStream itself reports neither a cut stream nor bytes after the
/// end of one. So the last byte is held back for a read of its own: a decompressor that never asks for it ended before it, and one that asks for
/// more after it did not end.
/// </summary>
internal sealed class WholeStreamInput(ReadOnlyMemory<byte> memory) : Stream
{
    private ReadOnlyMemory<byte> _rest = memory;
    private bool _starved;

    /// <summary>Every byte was asked for, and none beyond.</summary>
    public bool WasReadExactly => _rest.IsEmpty && !_starved;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        if (_rest.IsEmpty)
        {
            _starved = true;
            return 0;
        }

        var count = Math.Min(buffer.Length, Math.Max(1, _rest.Length - 1));
        _rest.Span[..count].CopyTo(buffer);
        _rest = _rest[count..];
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
