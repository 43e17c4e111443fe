namespace ReactiveLink.Samples.Tests;

public sealed class QuickstartTests
{
    [Fact]
    public async Task Agrees_with_the_injected_truth_and_raises_its_alert()
    {
        var output = await Sample.AssertDemoAsync("Quickstart", "Every verdict is right, and every datagram is accounted for.");

        Assert.Contains("ALERT  the plant leans over 30 degrees", output, StringComparison.Ordinal);
        Assert.Contains("ALERT  is over", output, StringComparison.Ordinal);
    }
}
