// StatsD and DogStatsD over UDP into windows, out as Prometheus text over HTTP.
using System.Reactive.Concurrency;
using ReactiveLink;
using ReactiveLink.Samples;
using ReactiveLink.Tool;
using StatsdGateway;

return await SampleCommand.RunAsync(GatewayCommand.Create(RunAsync), args);

static async Task<int> RunAsync(GatewaySettings settings)
{
    using var gateway = new Gateway(settings.Options, DefaultScheduler.Instance, complaint => Console.Error.WriteLine(OneLine.From(complaint)));
    var failure = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    UdpEndpoint? bound = null;
    using var flow = gateway.Run(Udp.Listen(settings.Listen, faults: gateway.Figures, bound: endpoint => bound = endpoint), failure.SetException);
    if (bound is null)
    {
        await failure.Task;
    }

    await using var server = await Server.StartAsync(gateway.Metrics, settings.Urls, settings.AllowedHosts);
    var metrics = new Uri(new Uri(server.Urls.First()), "/metrics");
    Console.WriteLine($"Listening on {bound}, metrics at {metrics}");
    if (settings.IsDemo)
    {
        return await Demo.RunAsync(bound!, metrics);
    }

    // Until Ctrl+C, the time given, or the end of the socket.
    await Task.WhenAny(failure.Task, Task.Delay(settings.For ?? Timeout.InfiniteTimeSpan, server.Lifetime.ApplicationStopping));
    if (failure.Task.IsCompleted)
    {
        await failure.Task;
    }

    return 0;
}
