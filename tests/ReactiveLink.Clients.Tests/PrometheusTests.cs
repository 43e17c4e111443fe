using System.Reactive.Linq;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ReactiveLink.Docs.Tests;
using ReactiveLink.Docs.Tests.Tutorial;

namespace ReactiveLink.Clients.Tests;

/// <summary>A fact that needs Debian's package prometheus.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PrometheusFactAttribute : FactAttribute
{
    public PrometheusFactAttribute() => Skip = Programs.HasPrometheus ? null : "There is no prometheus on this machine: install Debian's package prometheus.";
}

/// <summary>The tutorial's last step, with a real Prometheus and the files that the tutorial shows.</summary>
public sealed partial class PrometheusTests : IDisposable
{
    private static readonly HttpClient Http = new() { Timeout = Deadline.Time };

    private readonly string _folder = Directory.CreateTempSubdirectory("reactivelink-prometheus-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [PrometheusFact]
    public async Task Prometheus_reads_the_alert_of_the_tutorial()
    {
        await using var monitor = await MonitorProcess.StartAsync();
        await using var prometheus = await StartAsync(monitor.Metrics.Authority, FreePort.Next());
        using var hot = Observable.Interval(TimeSpan.FromMilliseconds(50)).Subscribe(_ => monitor.Send(celsius: 91));

        await prometheus.WaitForAsync("DeviceOverheating");
        hot.Dispose();
        await prometheus.WaitForAsync("DeviceSilent");
    }

    [PrometheusFact]
    public async Task Promtool_finds_nothing_wrong_with_the_files_and_the_metrics()
    {
        await WriteFilesAsync("127.0.0.1:9464");
        await using var monitor = await MonitorProcess.StartAsync();
        using (Observable.Interval(TimeSpan.FromMilliseconds(50)).Subscribe(_ => monitor.Send(celsius: 91)))
        {
            await Polling.UntilAsync(async () => (await Http.GetStringAsync(monitor.Metrics)).Contains("device_overheating{", StringComparison.Ordinal), "the alert");
        }

        await using var config = ChildProcess.Start("promtool", "check", "config", Path.Combine(_folder, "prometheus.yml"));
        var (exitCode, error) = await config.WaitAsync();
        Assert.True(exitCode == 0, error);

        await using var metrics = ChildProcess.Start("promtool", "check", "metrics");
        await metrics.Input.WriteAsync(await Http.GetStringAsync(monitor.Metrics));
        metrics.Input.Close();
        (exitCode, error) = await metrics.WaitAsync();

        // Advice is not an error of the format: names without help texts.
        Assert.True(exitCode is 0 or 3, error);
        Assert.All(error.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => Assert.EndsWith(" no help text", line, StringComparison.Ordinal));
    }

    private async Task<PrometheusProcess> StartAsync(string target, int port)
    {
        await WriteFilesAsync(target);
        return new PrometheusProcess(
            ChildProcess.Start(
                "prometheus",
                $"--config.file={Path.Combine(_folder, "prometheus.yml")}",
                $"--storage.tsdb.path={Path.Combine(_folder, "data")}",
                $"--web.listen-address=127.0.0.1:{port}"),
            new Uri($"http://127.0.0.1:{port}/api/v1/alerts"));
    }

    /// <summary>The files as the tutorial shows them, but for the target and for haste.</summary>
    private async Task WriteFilesAsync(string target)
    {
        var tutorial = await File.ReadAllTextAsync(Path.Combine(Sample.Root, "src", "ReactiveLink.Metrics", "TUTORIAL.md"));
        var files = Yaml().Matches(tutorial).Select(match => match.Groups["text"].Value).ToArray();
        Assert.Equal(2, files.Length);
        Assert.Contains("\"127.0.0.1:9464\"", files[0], StringComparison.Ordinal);
        await File.WriteAllTextAsync(
            Path.Combine(_folder, "prometheus.yml"),
            files[0].Replace("127.0.0.1:9464", target, StringComparison.Ordinal).Replace("5s", "500ms", StringComparison.Ordinal));
        await File.WriteAllTextAsync(Path.Combine(_folder, "devices.rules.yml"), files[1]);
    }

    [GeneratedRegex("^```yaml\n(?<text>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Yaml();

    private sealed class PrometheusProcess(ChildProcess process, Uri alerts) : IAsyncDisposable
    {
        /// <summary>Asks it until an alert of device 7 fires.</summary>
        public Task WaitForAsync(string alert) => Polling.UntilAsync(
            async () =>
            {
                try
                {
                    var answer = JsonNode.Parse(await Http.GetStringAsync(alerts))!["data"]!["alerts"]!.AsArray();
                    return answer.Any(one => (string?)one!["labels"]!["alertname"] == alert && (string?)one["labels"]!["device"] == "7" && (string?)one["state"] == "firing");
                }
                catch (HttpRequestException)
                {
                    // Not yet up.
                    return false;
                }
            },
            $"{alert} in Prometheus");

        public ValueTask DisposeAsync() => process.DisposeAsync();
    }
}
