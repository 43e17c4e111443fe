using ReactiveLink.Samples.Tests;

namespace ReactiveLink.Dashboard.Tests.Server;

/// <summary>The program as its user starts it.</summary>
public sealed class CommandTests
{
    [Fact]
    public async Task It_runs_the_fleet_for_as_long_as_it_is_told()
    {
        var (exitCode, output, errors) = await Sample.RunAsync("Dashboard", "--for", "2", "--urls", "http://127.0.0.1:0", "--Logging:LogLevel:Default", "Error");

        Assert.Equal("", errors);
        Assert.Contains("a simulated fleet", output, StringComparison.Ordinal);
        Assert.Contains("Dashboard: http://127.0.0.1:", output, StringComparison.Ordinal);
        Assert.Matches("Received [1-9][0-9]*, delivered [1-9][0-9]*, lost [0-9]+, peers 6\\.", output);
        Assert.Equal(0, exitCode);
    }

    [Fact]
    public async Task It_listens_to_real_datagrams()
    {
        var (exitCode, output, errors) = await Sample.RunAsync(
            "Dashboard", "--listen", "127.0.0.1:0", "--frame", "seq", "--codec", "text", "--for", "0.5", "--urls=http://127.0.0.1:0");

        Assert.Equal("", errors);
        Assert.Contains("listening at 127.0.0.1:", output, StringComparison.Ordinal);
        Assert.Contains("frames seq", output, StringComparison.Ordinal);
        Assert.Equal(0, exitCode);
    }

    [Fact]
    public async Task It_helps()
    {
        var (exitCode, output, _) = await Sample.RunAsync("Dashboard", "--help");

        Assert.Equal(0, exitCode);
        foreach (var option in new[] { "--listen", "--frame", "--codec", "--for", "--urls" })
        {
            Assert.Contains(option, output, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("'--bogus' is not known", "--bogus")]
    [InlineData("'extra' is not known", "extra")]
    [InlineData("--for 'x' is not a time", "--for", "x")]
    [InlineData("--frame 'x' is not known", "--frame", "x")]
    [InlineData("--listen: ", "--listen", "no/where")]
    [InlineData("Invalid url", "--urls", "nonsense")]
    [InlineData("is in use", "--listen", "USED", "--urls", "http://127.0.0.1:0")]
    public async Task What_is_wrong_is_told_in_one_line(string expected, params string[] arguments)
    {
        await using var used = UdpLink.Open("127.0.0.1:0");
        var (exitCode, output, errors) = await Sample.RunAsync(
            "Dashboard", [.. arguments.Select(argument => argument == "USED" ? used.LocalEndpoint.ToString() : argument)]);

        Assert.Equal("", output);
        Assert.Single(errors.TrimEnd('\n').Split('\n'));
        Assert.StartsWith("Dashboard: ", errors, StringComparison.Ordinal);
        Assert.Contains(expected, errors, StringComparison.Ordinal);
        Assert.Equal(2, exitCode);
    }
}
