namespace ReactiveLink.Tool.Output;

/// <summary>A stream as a sink. A write that fails counts as closed.</summary>
internal sealed class StreamSink(Stream stream) : IByteSink
{
    public bool Write(ReadOnlySpan<byte> bytes)
    {
        try
        {
            stream.Write(bytes);
            stream.Flush();
            return true;
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
