namespace ReactiveLink.Samples.Tests;

public sealed class QuickstartTests
{
    [Fact]
    public async Task Agrees_with_the_injected_truth_and_raises_its_alert()
    {
        var (exitCode, output, errors) = await Sample.RunAsync("Quickstart");

        Assert.Equal("", errors);
        Assert.Contains("ALERT  the plant leans over 30 degrees", output, StringComparison.Ordinal);
        Assert.Contains("ALERT  is over", output, StringComparison.Ordinal);
        Assert.DoesNotContain("WRONG", output, StringComparison.Ordinal);
        Assert.EndsWith("Every verdict is right, and every datagram is accounted for.", output.TrimEnd(), StringComparison.Ordinal);
        Assert.Equal(0, exitCode);
    }
}
