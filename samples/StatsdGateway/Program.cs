// StatsD and DogStatsD over UDP into windows, out as Prometheus text over HTTP.
using System.Globalization;
using System.Net.Sockets;
using System.Reactive.Concurrency;
using Microsoft.Extensions.Hosting;
using ReactiveLink;
using ReactiveLink.Samples;
using StatsdGateway;

const string Help = """
    Takes StatsD and DogStatsD lines over UDP, and shows them as Prometheus text at /metrics.
    Without arguments it sends itself a little of everything, prints what comes out, and ends.

      --listen ENDPOINT    where lines come in (127.0.0.1:8125; port 0 takes any free one)
      --urls URLS          where /metrics is (http://127.0.0.1:9102)
      --for SECONDS        ends by itself after so long
      --window SECONDS     windows of percentiles and sets, 1 to 3600 (60)
      --expire SECONDS     a series that nothing comes for is forgotten; longer than two windows (3600)
      --series N           series in all, 1 to 10000 (1000)
      --series-per-name N  series of one name, 1 to 10000 (100)
      --gauges MODE        a gauge's sign is a change (signed) or a part of the value (plain, as DogStatsD has it)
    """;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
try
{
    var line = new CommandLine(args, ["--listen", "--urls", "--for", "--window", "--expire", "--series", "--series-per-name", "--gauges"]);
    if (line.WantsHelp)
    {
        Console.WriteLine(Help);
        return 0;
    }

    return await RunAsync(line);
}
catch (Exception exception) when (exception is CommandLineException or FormatException or LinkOpenException or IOException or SocketException or InvalidOperationException)
{
    Console.Error.WriteLine(exception.Message.ReplaceLineEndings(" "));
    return exception is CommandLineException or FormatException ? 2 : 1;
}

static async Task<int> RunAsync(CommandLine line)
{
    var usual = new GatewayOptions();
    var options = usual with
    {
        Window = line.Seconds("--window") ?? usual.Window,
        Expiry = line.Seconds("--expire") ?? usual.Expiry,
        MaximumSeries = line.Number("--series", 1, 10_000, usual.MaximumSeries),
        MaximumSeriesPerName = line.Number("--series-per-name", 1, 10_000, usual.MaximumSeriesPerName),
        SignedGaugesAreChanges = line.Word("--gauges", "signed", "plain") == "signed",
    };
    if (options.Window < TimeSpan.FromSeconds(1) || options.Window > TimeSpan.FromHours(1) || options.Expiry <= options.Window * 2)
    {
        throw new CommandLineException("--window must be from 1 to 3600 seconds, and --expire longer than two windows.");
    }

    using var gateway = new Gateway(options with { Window = line.IsEmpty ? TimeSpan.FromSeconds(6) : options.Window }, DefaultScheduler.Instance);
    var failure = new TaskCompletionSource<Exception>(TaskCreationOptions.RunContinuationsAsynchronously);
    UdpEndpoint? bound = null;
    using var flow = gateway.Run(
        Udp.Listen(line.Text("--listen", line.IsEmpty ? "127.0.0.1:0" : "127.0.0.1:8125"), faults: gateway.Figures, bound: endpoint => bound = endpoint), failure.SetResult);
    if (bound is null)
    {
        throw await failure.Task;
    }

    await using var server = await Server.StartAsync(gateway.Metrics, line.Text("--urls", line.IsEmpty ? "http://127.0.0.1:0" : "http://127.0.0.1:9102"));
    var metrics = new Uri(new Uri(server.Urls.First()), "/metrics");
    Console.WriteLine($"Listening on {bound}, metrics at {metrics}");
    if (line.IsEmpty)
    {
        return await Demo.RunAsync(bound, metrics);
    }

    using var end = new CancellationTokenSource();
    if (line.Seconds("--for") is { } time)
    {
        end.CancelAfter(time);
    }

    // Until Ctrl+C, the time given, or the end of the socket.
    var stopped = server.WaitForShutdownAsync(end.Token);
    return await Task.WhenAny(stopped, failure.Task) == stopped ? 0 : throw await failure.Task;
}
