// A running link, live in the browser: http://127.0.0.1:5280, unless --urls says otherwise.
using System.Reactive.Concurrency;
using Dashboard.Arguments;
using Dashboard.Feed;
using Dashboard.Fleet;
using Dashboard.Server;
using ReactiveLink;
using ReactiveLink.Samples;

return await SampleCommand.RunAsync(DashboardCommand.Create(RunAsync), args);

static async Task<int> RunAsync(DashboardSettings settings)
{
    var feed = new FeedOptions();
    if (settings.Listen is { } endpoint)
    {
        await using var link = UdpLink.Open(
            endpoint, options => options with { Frame = settings.Frame, Codec = settings.Codec, StatisticsInterval = feed.Tick });
        await ServeAsync(new DashboardSource(link, settings.Frame, settings.Codec, $"listening at {link.LocalEndpoint}", DefaultScheduler.Instance), feed, settings);
        return 0;
    }

    using var fleet = new FleetSimulation(DefaultScheduler.Instance, seed: 42, feed.Tick);
    await ServeAsync(
        new DashboardSource(fleet.Link, FrameFormat.CrcSequenced, MessageCodecs.Json, "a simulated fleet of six", DefaultScheduler.Instance), feed, settings, fleet.Start);
    return 0;
}

static async Task ServeAsync(DashboardSource source, FeedOptions feed, DashboardSettings settings, Action? started = null)
{
    await using var server = new DashboardServer(source, feed, new ServerOptions(), settings.HostArguments);
    await server.StartAsync();
    started?.Invoke();
    Console.WriteLine($"Link:      {source.Origin}, frames {source.Frame.Name}");
    Console.WriteLine($"Dashboard: {string.Join(' ', server.Urls)}");
    using var end = new CancellationTokenSource();
    using var timer = settings.For is { } time ? DefaultScheduler.Instance.Schedule(time, end.Cancel) : null;
    await server.WaitForShutdownAsync(end.Token);
    var now = source.Link.GetStatistics();
    Console.WriteLine($"Received {now.Ledger.Received}, delivered {now.Ledger.Delivered}, lost {now.Sequence.Lost}, peers {now.Peers}.");
}
