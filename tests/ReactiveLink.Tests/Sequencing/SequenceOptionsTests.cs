namespace ReactiveLink.Tests.Sequencing;

public sealed class SequenceOptionsTests
{
    [Fact]
    public void Defaults_are_those_of_rfc3550()
    {
        var options = SequenceOptions.Default;

        Assert.Equal(2, options.Probation);
        Assert.Equal(3000, options.MaximumDropout);
        Assert.Equal(100, options.MaximumMisorder);
        Assert.Equal(65_536, options.MaximumPeers);
        Assert.Equal(TimeSpan.FromMinutes(5), options.PeerIdleExpiry);
        options.Validate("options");
    }

    [Fact]
    public void Validation_reports_every_error_together()
    {
        var options = new SequenceOptions
        {
            Probation = 0,
            MaximumDropout = 1,
            MaximumMisorder = -1,
            MaximumPeers = 0,
            PeerIdleExpiry = TimeSpan.Zero,
        };

        var error = Assert.Throws<ArgumentException>(() => new SequenceTracker(SequenceSpace.UInt8, options));

        Assert.Equal(
            "The sequence options are not valid. Probation is 0; use 1 to 255. MaximumDropout is 1; use 2 to 2147483647. MaximumMisorder is -1; use 0 to 32767. " +
            "MaximumPeers is 0; use 1 to 16777216. PeerIdleExpiry is 00:00:00; use more than zero. (Parameter 'options')",
            error.Message);
    }
}
