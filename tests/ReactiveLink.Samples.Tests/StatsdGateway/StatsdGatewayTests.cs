namespace ReactiveLink.Samples.Tests.Statsd;

public sealed class StatsdGatewayTests
{
    [Fact]
    public async Task It_sends_itself_a_little_of_everything_and_accounts_for_every_line()
    {
        var (exitCode, output, errors) = await Sample.RunAsync("StatsdGateway");

        Assert.Equal("", errors);
        Assert.DoesNotContain("WRONG", output, StringComparison.Ordinal);
        Assert.Contains("  shop_orders_total 21", output, StringComparison.Ordinal);
        Assert.EndsWith("Every line is accounted for.", output.TrimEnd(), StringComparison.Ordinal);
        Assert.Equal(0, exitCode);
    }

    [Theory]
    [InlineData("--help", 0, "")]
    [InlineData("--listen 127.0.0.1:0 --urls http://127.0.0.1:0 --for 0.5", 0, "")]
    [InlineData("--nonsense", 2, "Unknown argument '--nonsense'; --help tells what there is.")]
    [InlineData("--listen", 2, "--listen needs a value.")]
    [InlineData("--series 0", 2, "--series must be from 1 to 10000, and is '0'.")]
    [InlineData("--gauges loud", 2, "--gauges must be signed or plain, and is 'loud'.")]
    [InlineData("--window 60 --expire 60", 2, "--window must be from 1 to 3600 seconds, and --expire longer than two windows.")]
    [InlineData("--urls nonsense --listen 127.0.0.1:0", 2, "Invalid url: 'nonsense'")]
    [InlineData("--listen 192.0.2.1:9", 1, "The address 192.0.2.1 is not one of this machine. Bind one of its own addresses, or * for all of them.")]
    public async Task Arguments(string arguments, int exitCode, string error)
    {
        var result = await Sample.RunAsync("StatsdGateway", arguments.Split(' '));

        Assert.Equal((exitCode, error), (result.ExitCode, result.Errors.TrimEnd('\n')));
        Assert.Equal(exitCode == 0, result.Output.Length > 0);
    }
}
