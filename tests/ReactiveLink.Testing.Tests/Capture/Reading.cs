namespace ReactiveLink.Testing.Tests.Capture;

/// <summary>All that reading a capture gave.</summary>
internal sealed record Reading(IReadOnlyList<Datagram> Datagrams, Exception? Error, bool Completed, IReadOnlyList<Fault> Faults, CaptureStatistics? Statistics)
{
    public static Reading Of(CaptureBuilder capture, CaptureReadOptions? options = null) => Of(capture.ToArray(), options);

    public static Reading Of(byte[] capture, CaptureReadOptions? options = null)
    {
        var faults = new RecordingObserver<Fault>();
        var statistics = new RecordingObserver<CaptureStatistics>();
        using var read = CaptureFile.Read(() => new MemoryStream(capture), options, faults, statistics).Record();
        read.AssertGrammar();
        return new Reading(read.Values, read.Error, read.Completed, faults.Values, statistics.Values.SingleOrDefault());
    }

    public string Hex(int index) => Convert.ToHexStringLower(Datagrams[index].Payload.Span);

    public CaptureException Failure() => Assert.IsType<CaptureException>(Error);
}
