using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using ReactiveLink.Metrics;

namespace StatsdGateway;

/// <summary>The exposition over HTTP: <c>/metrics</c>.</summary>
internal static class Server
{
    public static async Task<WebApplication> StartAsync(MetricRegistry metrics, string urls)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(urls);
        var server = builder.Build();
        server.MapGet("/metrics", (HttpContext context) =>
        {
            context.Response.StatusCode = (int)HttpStatusCode.OK;
            context.Response.ContentType = PrometheusText.ContentType;
            metrics.WritePrometheus(context.Response.BodyWriter);
            return Task.CompletedTask;
        });
        await server.StartAsync();
        return server;
    }
}
