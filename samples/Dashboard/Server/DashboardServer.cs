using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Dashboard.Feed;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using ReactiveLink;
using ReactiveLink.Metrics;
using ReactiveLink.Samples;

namespace Dashboard.Server;

/// <summary>The page of one link, over HTTP. It owns the feed, not the link.</summary>
internal sealed class DashboardServer : IAsyncDisposable
{
    public const string DefaultUrl = "http://127.0.0.1:5280";

    private const int MaximumConnections = 256;

    private readonly DashboardSource _source;
    private readonly ServerOptions _options;
    private readonly WebApplication _app;
    private readonly LinkFeed _feed;
    private readonly LinkMetrics _metrics = new();
    private readonly EventClients _clients;
    private readonly IDisposable _telling;
    private readonly HostGuard _hosts;

    /// <summary>Makes it; <see cref="StartAsync"/> begins.</summary>
    /// <param name="source">The link and what is said of it. Its owner disposes it.</param>
    /// <param name="feed">How much is told.</param>
    /// <param name="options">The bounds.</param>
    /// <param name="arguments">Arguments of ASP.NET Core, as <c>--urls</c>.</param>
    public DashboardServer(DashboardSource source, FeedOptions feed, ServerOptions options, string[] arguments)
    {
        _source = source;
        _options = options;
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = arguments });
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);

        // What goes wrong at the start is thrown, and told in one line.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        builder.WebHost.ConfigureKestrel(kestrel => HttpBounds.Set(kestrel, MaximumConnections, options.ClientBuffer, options.SlowClientBound));
        builder.WebHost.UseSockets(sockets =>
        {
            sockets.CreateBoundListenSocket = endpoint => Bind(endpoint, options.ClientBuffer);

            // What is written is sent on the same thread: nothing here blocks one.
            sockets.UnsafePreferInlineScheduling = true;
        });
        if (builder.Configuration["urls"] is null && !builder.Configuration.GetSection("Kestrel:Endpoints").Exists())
        {
            builder.WebHost.UseUrls(DefaultUrl);
        }

        _app = builder.Build();
        _hosts = new HostGuard((_app.Configuration["urls"] ?? "").Split(';'), _app.Configuration["AllowedHosts"]);
        _feed = new LinkFeed(source.Link, feed, source.Scheduler)
        {
            Failed = error => _app.Logger.LogError(error, "A part of the feed has ended."),
        };
        var started = source.Scheduler.Now.UtcTicks.ToString(CultureInfo.InvariantCulture);
        _clients = new EventClients(
            new Hello(
                started, source.Link.LocalEndpoint.ToString(), source.Frame.Name, source.Codec.Name, source.Origin, (int)feed.Tick.TotalMilliseconds, feed.PointsKept, []),
            _feed,
            options.MaximumClients);
        _telling = _feed.Updates.Subscribe(_clients.Tell);
        _app.Run(AnswerAsync);
    }

    /// <summary>Where it listens, once it has started.</summary>
    public IReadOnlyList<string> Urls => [.. _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses];

    /// <summary>The browsers.</summary>
    public EventClients Clients => _clients;

    public Task StartAsync(CancellationToken cancel = default) => _app.StartAsync(cancel);

    /// <summary>Waits until the program is told to stop.</summary>
    public Task WaitForShutdownAsync(CancellationToken cancel) => _app.WaitForShutdownAsync(cancel);

    public async ValueTask DisposeAsync()
    {
        _telling.Dispose();
        _feed.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        _metrics.Dispose();
    }

    /// <summary>The system's buffer of each browser is small too: what it holds is old by the time it is read.</summary>
    private static Socket Bind(EndPoint endpoint, int buffer)
    {
        var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
        socket.SendBufferSize = buffer;
        return socket;
    }

    private async Task AnswerAsync(HttpContext context)
    {
        if (await HttpBounds.TryRefuseAsync(context, _hosts, "--AllowedHosts"))
        {
            return;
        }

        var response = context.Response;
        switch (context.Request.Path.Value)
        {
            case "/events":
                await StreamAsync(context);
                break;
            case "/api/link":
                await WriteAsync(context, Report(), DashboardJson.Default.LinkReport);
                break;
            case "/health":
                var health = Health();
                response.StatusCode = health.Status == "unhealthy" ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK;
                await WriteAsync(context, health, DashboardJson.Default.HealthReport);
                break;
            case "/metrics":
                response.ContentType = PrometheusText.ContentType;
                response.Headers.CacheControl = "no-store";
                await _metrics.WriteAsync(_source.Link, _feed.Current, _clients, response.BodyWriter, context.RequestAborted);
                break;
            default:
                if (!await PageAssets.TryServeAsync(context))
                {
                    response.StatusCode = StatusCodes.Status404NotFound;
                }

                break;
        }
    }

    private async Task StreamAsync(HttpContext context)
    {
        var response = context.Response;
        if (context.Request.Headers["Sec-Fetch-Site"] == "cross-site")
        {
            // It could not read the stream, but it could take the places of those who can.
            response.StatusCode = StatusCodes.Status403Forbidden;
            return;
        }

        if (_clients.TryAdd() is not { } client)
        {
            response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            response.Headers.RetryAfter = "5";
            return;
        }

        var tooSlow = false;
        try
        {
            response.ContentType = "text/event-stream";
            response.Headers.CacheControl = "no-store";
            if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate)
            {
                // The stream has a bound of its own.
                rate.MinDataRate = null;
            }

            using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _app.Lifetime.ApplicationStopping);
            tooSlow = !await client.RunAsync(response.BodyWriter, _options.Retry, _options.SlowClientBound, TimeProvider.System, end.Token);
        }
        finally
        {
            _clients.Remove(client, tooSlow);
        }

        if (tooSlow)
        {
            context.Abort();
        }
    }

    private static async Task WriteAsync<T>(HttpContext context, T value, JsonTypeInfo<T> typeInfo)
    {
        context.Response.ContentType = "application/json; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        await JsonSerializer.SerializeAsync(context.Response.Body, value, typeInfo, context.RequestAborted);
    }

    private LinkReport Report()
    {
        var now = _source.Link.GetStatistics();
        return new LinkReport(
            now.At,
            now.State.ToString(),
            _source.Link.LocalEndpoint.ToString(),
            _source.Frame.Name,
            _source.Codec.Name,
            LinkTotals.Of(now),
            LinkTotals.ByName(now.Ledger.Dropped),
            now.Ledger.Unexplained,
            _feed.Current.Peers.Rows,
            _feed.ActiveAlerts,
            new ServerReport(_clients.Count, _clients.Refused, _clients.TooSlow, _clients.Dropped));
    }

    private HealthReport Health()
    {
        var now = _source.Link.GetStatistics();
        var status = now.State != ConnectionState.Connected ? "unhealthy" : _feed.ActiveAlerts > 0 ? "degraded" : "healthy";
        return new HealthReport(status, now.State.ToString(), _feed.ActiveAlerts, now.LastActivity);
    }
}
