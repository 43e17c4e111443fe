using System.Buffers.Binary;

namespace ReactiveLink.Testing;

/// <summary>A capture's bytes, in its byte order. Memory is the largest span asked for; what is skipped passes through.</summary>
internal sealed class CaptureInput(Stream stream)
{
    private byte[] _buffer = new byte[64 * 1024];
    private int _start;
    private int _end;
    private long _read;

    public bool IsBigEndian { get; set; }

    /// <summary>The position of the next byte.</summary>
    public long Offset => _read - (_end - _start);

    /// <summary>Where the record that is read began, and what it is: for messages.</summary>
    public (long Start, string Name) Record { get; private set; }

    /// <summary>Begins a record; false at the end of the capture.</summary>
    public bool TryBegin(string name)
    {
        Record = (Offset, name);
        return _end > _start || Fill(1);
    }

    /// <summary>The next bytes; valid until the next call.</summary>
    public ReadOnlySpan<byte> Take(int count)
    {
        if (_end - _start < count && !Fill(count))
        {
            throw CaptureException.Truncated(Record.Start, _read, Record.Name);
        }

        _start += count;
        return _buffer.AsSpan(_start - count, count);
    }

    /// <summary>Gives back what was just taken.</summary>
    public void Return(int count) => _start -= count;

    public ushort TakeUInt16() => ToUInt16(Take(2));

    public uint TakeUInt32() => ToUInt32(Take(4));

    public void Skip(long count)
    {
        while (count > 0)
        {
            var part = (int)Math.Min(count, 64 * 1024);
            _ = Take(part);
            count -= part;
        }
    }

    public ushort ToUInt16(ReadOnlySpan<byte> bytes) =>
        IsBigEndian ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes);

    public uint ToUInt32(ReadOnlySpan<byte> bytes) =>
        IsBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    public CaptureException Malformed(string what) => CaptureException.Malformed(Record.Start, what);

    private bool Fill(int count)
    {
        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        (_start, _end) = (0, _end - _start);
        if (_buffer.Length < count)
        {
            Array.Resize(ref _buffer, count);
        }

        while (_end < count)
        {
            int read;
            try
            {
                read = stream.Read(_buffer, _end, _buffer.Length - _end);
            }
            catch (Exception exception)
            {
                throw new CaptureException(FormattableString.Invariant($"The capture cannot be read at byte {_read}: {exception.Message}"), _read, exception);
            }

            if (read <= 0)
            {
                return false;
            }

            _end += read;
            _read += read;
        }

        return true;
    }
}
