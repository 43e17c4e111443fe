namespace ReactiveLink.Tool.Output;

/// <summary>Where finished output goes.</summary>
internal interface IByteSink
{
    /// <summary>Writes all bytes; blocks while the reader is slow.</summary>
    /// <returns>False when nobody reads any more: a closed pipe is an end, not an error.</returns>
    bool Write(ReadOnlySpan<byte> bytes);
}
