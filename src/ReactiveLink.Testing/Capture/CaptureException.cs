namespace ReactiveLink.Testing;

/// <summary>A capture cannot be read or written. The message says what is wrong and at which byte.</summary>
public sealed class CaptureException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">What is wrong.</param>
    /// <param name="offset">The byte of the capture that it concerns, from 0.</param>
    /// <param name="innerException">What the stream threw, or null.</param>
    public CaptureException(string message, long offset, Exception? innerException = null)
        : base(message, innerException) => Offset = offset;

    /// <summary>The byte of the capture that it concerns, from 0; when writing, how many bytes were handed to the stream before.</summary>
    public long Offset { get; }

    internal static CaptureException Malformed(long offset, string what) =>
        new(FormattableString.Invariant($"The capture is malformed at byte {offset}: {what}"), offset);

    internal static CaptureException Truncated(long start, long offset, string what) =>
        new(FormattableString.Invariant($"The capture is truncated at byte {offset}: it ends within {what} that begins at byte {start}."), offset);
}
