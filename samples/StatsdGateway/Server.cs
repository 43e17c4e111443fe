using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using ReactiveLink.Metrics;
using ReactiveLink.Samples;

namespace StatsdGateway;

/// <summary>The exposition over HTTP: <c>/metrics</c>.</summary>
internal static class Server
{
    private const int MaximumConnections = 32;
    private const int Buffer = 64 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <param name="metrics">What there is.</param>
    /// <param name="urls">Where.</param>
    /// <param name="allowedHosts">Names that requests may have for this machine, besides localhost, addresses and those of <paramref name="urls"/>; semicolons between them.</param>
    public static async Task<WebApplication> StartAsync(MetricRegistry metrics, string urls, string? allowedHosts)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(urls).ConfigureKestrel(kestrel => HttpBounds.Set(kestrel, MaximumConnections, Buffer, Patience));
        var server = builder.Build();
        var hosts = new HostGuard(urls.Split(';'), allowedHosts);
        server.Run(async context =>
        {
            if (await HttpBounds.TryRefuseAsync(context, hosts, "--allowed-hosts"))
            {
                return;
            }

            var response = context.Response;
            if (context.Request.Path != "/metrics")
            {
                response.StatusCode = StatusCodes.Status404NotFound;
                return;
            }

            response.ContentType = PrometheusText.ContentType;
            response.Headers.CacheControl = "no-store";
            metrics.WritePrometheus(response.BodyWriter);
        });
        await server.StartAsync();
        return server;
    }
}
