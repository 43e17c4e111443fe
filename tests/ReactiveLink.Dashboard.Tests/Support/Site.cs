using System.Reactive.Concurrency;
using Dashboard.Feed;
using Dashboard.Server;

namespace ReactiveLink.Dashboard.Tests.Support;

/// <summary>A dashboard over a link on loopback, and senders.</summary>
internal sealed class Site : IAsyncDisposable
{
    private readonly FeedOptions _feed;
    private readonly ServerOptions _options;
    private readonly string _origin;

    private Site(UdpLink link, FeedOptions feed, ServerOptions options, string origin)
    {
        _origin = origin;
        Link = link;
        _feed = feed;
        _options = options;
    }

    public UdpLink Link { get; }

    public DashboardServer Server { get; private set; } = null!;

    public string Url { get; private set; } = "http://127.0.0.1:0";

    public static async Task<Site> StartAsync(FeedOptions? feed = null, ServerOptions? options = null, UdpLink? link = null, string origin = "a test")
    {
        feed ??= new FeedOptions();
        link ??= UdpLink.Open("127.0.0.1:0", defaults => defaults with { StatisticsInterval = feed.Tick });
        var site = new Site(link, feed, options ?? new ServerOptions(), origin);
        await site.StartServerAsync();
        return site;
    }

    /// <summary>A sender with a name.</summary>
    public UdpLink Connect(string source) => UdpLink.Connect(Link.LocalEndpoint.ToString(), options => options with { Source = source });

    /// <summary>Ends the server; the link goes on.</summary>
    public ValueTask StopServerAsync() => Server.DisposeAsync();

    /// <summary>Starts it, at the same address if it was started before.</summary>
    public async Task StartServerAsync()
    {
        var source = new DashboardSource(Link, FrameFormat.CrcSequenced, MessageCodecs.Json, _origin, DefaultScheduler.Instance);
        Server = new DashboardServer(source, _feed, _options, ["--urls", Url]);
        await Server.StartAsync();
        Url = Server.Urls.Single();
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        await Link.DisposeAsync();
    }
}
