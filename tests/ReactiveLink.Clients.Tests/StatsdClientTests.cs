using System.Diagnostics;
using System.Globalization;

namespace ReactiveLink.Clients.Tests;

/// <summary>Clients that others wrote send to the gateway; what they sent is compared, to the last one, with what the exposition says.</summary>
public sealed class StatsdClientTests
{
    private static readonly string Here = AppContext.BaseDirectory;

    [PythonStatsdFact]
    public async Task Of_what_python3_statsd_sends_nothing_is_missing()
    {
        await using var gateway = await RunningSample.StartAsync("StatsdGateway", "--urls", "http://127.0.0.1:0");
        await using var client = ChildProcess.Start(Programs.Python, Path.Combine(Here, "statsd_client.py"), gateway.Port);

        var exposed = await CompareAsync(gateway, client);

        Assert.Equal(16, exposed.Keys.Count(series => series.StartsWith("py_", StringComparison.Ordinal) && IsTotal(series)));
    }

    [HotShotsFact]
    public async Task Of_what_hot_shots_sends_nothing_is_missing()
    {
        await using var gateway = await RunningSample.StartAsync("StatsdGateway", "--urls", "http://127.0.0.1:0", "--gauges", "plain");
        await using var client = ChildProcess.Start("env", "NODE_PATH=" + Programs.NodeModules, "node", Path.Combine(Here, "hot_shots_client.js"), gateway.Port);

        var exposed = await CompareAsync(gateway, client);

        Assert.Equal(5, exposed.Single(series => series.Key.StartsWith("child_", StringComparison.Ordinal)).Value);
    }

    private static bool IsTotal(string series) => !series.Contains("_bucket", StringComparison.Ordinal) && !series.Contains("quantile=", StringComparison.Ordinal);

    /// <summary>Lets the client go on when the gateway has what was sent, so that no buffer of the system overflows, and compares at the end.</summary>
    private static async Task<Dictionary<string, double>> CompareAsync(RunningSample gateway, ChildProcess client)
    {
        Dictionary<string, double> expected = new(StringComparer.Ordinal);
        var sent = 0.0;
        while (await client.ReadLineAsync() is { } line)
        {
            var words = line.Split(' ', 2);
            switch (words[0])
            {
                case "sent":
                    sent = double.Parse(words[1], CultureInfo.InvariantCulture);
                    await UntilTakenAsync(gateway, sent);
                    await client.Input.WriteLineAsync();
                    await client.Input.FlushAsync();
                    break;
                case "expect":
                    var space = words[1].LastIndexOf(' ');
                    expected.Add(words[1][..space], double.Parse(words[1][(space + 1)..], CultureInfo.InvariantCulture));
                    break;
            }
        }

        Assert.Equal((0, ""), await client.WaitAsync());
        var exposed = await gateway.ReadMetricsAsync();
        Assert.True(expected.Count > 10, "The client says what it sent.");
        Assert.Equal(expected.OrderBy(x => x.Key, StringComparer.Ordinal), expected.Keys.Order(StringComparer.Ordinal).Select(key => KeyValuePair.Create(key, exposed.GetValueOrDefault(key, double.NaN))));
        Assert.Equal(sent, Taken(exposed));
        Assert.All(
            exposed.Where(series => series.Key.StartsWith("statsd_gateway_faults_total", StringComparison.Ordinal) || series.Key.StartsWith("statsd_gateway_overflow_total", StringComparison.Ordinal)),
            series => Assert.Equal(KeyValuePair.Create(series.Key, 0.0), series));
        return exposed;
    }

    private static double Taken(Dictionary<string, double> exposed) => exposed.Where(series => series.Key.StartsWith("statsd_gateway_lines_total", StringComparison.Ordinal)).Sum(series => series.Value);

    private static async Task UntilTakenAsync(RunningSample gateway, double lines)
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            var exposed = await gateway.ReadMetricsAsync();
            if (Taken(exposed) >= lines)
            {
                return;
            }

            var faults = exposed.Where(series => series.Key.StartsWith("statsd_gateway_faults_total", StringComparison.Ordinal) && series.Value > 0);
            Assert.True(watch.Elapsed < Deadline.Time, $"{Taken(exposed)} of {lines} lines came; {string.Join(", ", faults)}");
        }
    }
}
