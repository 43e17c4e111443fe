using System.CommandLine;
using ReactiveLink.Samples;

namespace StatsdGateway;

/// <summary>From arguments to settings.</summary>
internal static class GatewayCommand
{
    private const string Description = """
        Takes StatsD and DogStatsD lines over UDP, and shows them as Prometheus text at /metrics.
        Without arguments it sends itself a little of everything, prints what comes out, and ends.
        """;

    public static RootCommand Create(Func<GatewaySettings, Task<int>> run)
    {
        var usual = new GatewayOptions();
        var listen = new Option<string>("--listen")
        {
            HelpName = "ENDPOINT",
            Description = "Where lines come in; port 0 takes any free one.",
            DefaultValueFactory = _ => "127.0.0.1:8125",
        };
        var urls = new Option<string>("--urls") { HelpName = "URLS", Description = "Where /metrics is.", DefaultValueFactory = _ => "http://127.0.0.1:9102" };
        var hosts = new Option<string?>("--allowed-hosts")
        {
            HelpName = "NAMES",
            Description = "Names of this machine that HTTP requests may have, with semicolons between them, besides localhost, addresses and those in --urls; * for any.",
        };
        var time = SampleCommand.Optional("--for", "SECONDS", "Ends by itself after so long, 0.1 to 1000000. Default: when stopped (Ctrl+C).", 0.1, 1e6);
        var window = SampleCommand.Number("--window", "SECONDS", "Windows of percentiles and sets, 1 to 3600.", 1, 3600, usual.Window.TotalSeconds);
        var expire = SampleCommand.Number(
            "--expire", "SECONDS", "A series that nothing comes for is forgotten; longer than two windows, to 1000000.", 0.1, 1e6, usual.Expiry.TotalSeconds);
        var series = SampleCommand.Number("--series", "N", "Series in all, 1 to 10000.", 1, 10_000, usual.MaximumSeries);
        var seriesPerName = SampleCommand.Number("--series-per-name", "N", "Series of one name, 1 to 10000.", 1, 10_000, usual.MaximumSeriesPerName);
        var gauges = new Option<string>("--gauges")
        {
            Description = "Whether a gauge's sign is a change (signed) or a part of the value (plain, as DogStatsD has it).",
            DefaultValueFactory = _ => "signed",
        };
        gauges.AcceptOnlyFromAmong("signed", "plain");

        var root = new RootCommand(Description) { listen, urls, hosts, time, window, expire, series, seriesPerName, gauges };
        root.SetAction(parsed =>
        {
            if (parsed.Tokens.Count == 0)
            {
                return run(new GatewaySettings());
            }

            if (parsed.GetValue(expire) <= parsed.GetValue(window) * 2)
            {
                throw new FormatException("--expire must be longer than two windows (--window).");
            }

            return run(new GatewaySettings
            {
                IsDemo = false,
                Listen = parsed.GetRequiredValue(listen),
                Urls = parsed.GetRequiredValue(urls),
                AllowedHosts = parsed.GetValue(hosts),
                For = parsed.GetValue(time) is { } end ? TimeSpan.FromSeconds(end) : null,
                Options = usual with
                {
                    Window = TimeSpan.FromSeconds(parsed.GetValue(window)),
                    Expiry = TimeSpan.FromSeconds(parsed.GetValue(expire)),
                    MaximumSeries = parsed.GetValue(series),
                    MaximumSeriesPerName = parsed.GetValue(seriesPerName),
                    SignedGaugesAreChanges = parsed.GetValue(gauges) == "signed",
                },
            });
        });
        return root;
    }
}
