using System.Net;
using System.Net.Sockets;
using System.Text;
using ReactiveLink.Tool.Tests.Processes;
using StatsdGateway;

namespace ReactiveLink.Samples.Tests.Statsd;

public sealed class StatsdGatewayTests
{
    [Fact]
    public async Task It_sends_itself_a_little_of_everything_and_accounts_for_every_line()
    {
        var output = await Sample.AssertDemoAsync("StatsdGateway", "Every line is accounted for.");

        Assert.Contains("  shop_orders_total 21", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--listen 127.0.0.1:0 --urls http://127.0.0.1:0 --for 0.5", 0, "")]
    [InlineData("--series 0", 2, "StatsdGateway: --series must be a whole number from 1 to 10000, and is '0'. See --help.")]
    [InlineData("--series-per-name 10001", 2, "StatsdGateway: --series-per-name must be a whole number from 1 to 10000, and is '10001'. See --help.")]
    [InlineData("--gauges loud", 2, "StatsdGateway: Argument 'loud' not recognized. Must be one of: 'signed' 'plain' See --help.")]
    [InlineData("--window 0.5", 2, "StatsdGateway: --window must be from 1 to 3600, and is '0.5'. See --help.")]
    [InlineData("--for 1000001 --expire x", 2, "StatsdGateway: --for must be from 0.1 to 1000000, and is '1000001'. --expire must be from 0.1 to 1000000, and is 'x'. See --help.")]
    [InlineData("--window 60 --expire 120", 2, "StatsdGateway: --expire must be longer than two windows (--window).")]
    [InlineData("--urls nonsense --listen 127.0.0.1:0", 2, "StatsdGateway: Invalid url: 'nonsense'")]
    [InlineData("--listen 192.0.2.1:9", 2, "StatsdGateway: The address 192.0.2.1 is not one of this machine. Bind one of its own addresses, or * for all of them.")]
    public Task Arguments(string arguments, int exitCode, string error) => Sample.AssertArgumentsAsync("StatsdGateway", arguments, exitCode, error);

    [Fact]
    public async Task Its_help_tells_every_option_with_its_unit_and_default() =>
        await Sample.AssertHelpAsync(
            "StatsdGateway",
            "--listen <ENDPOINT> 127.0.0.1:8125",
            "--urls <URLS> http://127.0.0.1:9102",
            "--allowed-hosts <NAMES>",
            "--for <SECONDS>",
            "--window <SECONDS> 60",
            "--expire <SECONDS> 3600",
            "--series <N> 1000",
            "--series-per-name <N> 100",
            "--gauges <plain|signed> signed");

    [Theory]
    [InlineData("GET", "localhost", 200)]
    [InlineData("GET", "127.0.0.1:1", 200)]
    [InlineData("GET", "metrics.lan", 200)]
    [InlineData("GET", "evil.example", 400)]
    [InlineData("GET", "", 400)]
    [InlineData("POST", "localhost", 405)]
    public async Task Only_its_own_hosts_are_answered(string method, string host, int status)
    {
        await using var gateway = ChildProcess.Start(
            "dotnet", "exec", Sample.PathOf("StatsdGateway"), "--listen", "127.0.0.1:0", "--urls", "http://127.0.0.1:0", "--allowed-hosts", "metrics.lan", "--for", "120");
        var metrics = new Uri((await gateway.ReadLineAsync())!.Split(' ')[^1]);
        using var client = new TcpClient();
        await client.ConnectAsync(IPEndPoint.Parse(metrics.Authority));
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"{method} /metrics HTTP/1.1\r\nHost: {host}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"));

        var answer = await Deadline.Within(new StreamReader(client.GetStream()).ReadToEndAsync(), "an answer");

        Assert.StartsWith($"HTTP/1.1 {status} ", answer, StringComparison.Ordinal);
        Assert.Equal(status == 200, answer.Contains("statsd_gateway_series 0", StringComparison.Ordinal));
        Assert.Contains("X-Content-Type-Options: nosniff", answer, StringComparison.Ordinal);
        gateway.Terminate();
        Assert.Equal((0, ""), await gateway.WaitAsync());
    }

    [Fact]
    public async Task Arguments_become_settings()
    {
        List<GatewaySettings> seen = [];
        var root = GatewayCommand.Create(settings =>
        {
            seen.Add(settings);
            return Task.FromResult(0);
        });

        await SampleCommand.RunAsync(root, []);
        await SampleCommand.RunAsync(root, ["--listen", ":1"]);
        await SampleCommand.RunAsync(
            root, ["--urls", "http://*:1", "--allowed-hosts", "a;b", "--for", "0.5", "--window", "1.5", "--expire", "3.1", "--series", "10000", "--series-per-name", "1", "--gauges", "plain"]);

        Assert.Equal(
            [
                new GatewaySettings
                {
                    IsDemo = true, Listen = "127.0.0.1:0", Urls = "http://127.0.0.1:0", Options = new GatewayOptions { Window = TimeSpan.FromSeconds(6) },
                },
                new GatewaySettings { IsDemo = false, Listen = ":1", Urls = "http://127.0.0.1:9102", Options = new GatewayOptions() },
                new GatewaySettings
                {
                    IsDemo = false,
                    Listen = "127.0.0.1:8125",
                    Urls = "http://*:1",
                    AllowedHosts = "a;b",
                    For = TimeSpan.FromSeconds(0.5),
                    Options = new GatewayOptions
                    {
                        Window = TimeSpan.FromSeconds(1.5), Expiry = TimeSpan.FromSeconds(3.1), MaximumSeries = 10_000, MaximumSeriesPerName = 1, SignedGaugesAreChanges = false,
                    },
                },
            ],
            seen);
    }
}
