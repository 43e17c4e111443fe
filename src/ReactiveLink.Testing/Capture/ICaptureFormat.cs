namespace ReactiveLink.Testing;

/// <summary>One of the two file formats.</summary>
internal interface ICaptureFormat
{
    /// <summary>The next packet; false at the end.</summary>
    bool TryRead(out CapturedPacket packet);
}
