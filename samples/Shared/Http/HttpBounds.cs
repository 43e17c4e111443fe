using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace ReactiveLink.Samples;

/// <summary>What the HTTP servers of samples have in common: bounds of a connection, and which requests are answered at all.</summary>
internal static class HttpBounds
{
    /// <summary>Bounds the connections.</summary>
    /// <param name="kestrel">The server.</param>
    /// <param name="connections">Connections at a time; a further one is closed.</param>
    /// <param name="buffer">Bytes that wait for one client.</param>
    /// <param name="patience">How long a client may take for so many bytes, at least 2 s.</param>
    public static void Set(KestrelServerOptions kestrel, int connections, int buffer, TimeSpan patience)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxResponseBufferSize = buffer;
        kestrel.Limits.MaxRequestBodySize = 0;
        kestrel.Limits.MaxConcurrentConnections = connections;

        // Who does not read its answer holds no connection that others could have.
        var seconds = Math.Max(patience.TotalSeconds, 2);
        kestrel.Limits.MinResponseDataRate = new MinDataRate(buffer / seconds, TimeSpan.FromSeconds(seconds));
    }

    /// <summary>Answers what is not answered otherwise: another host's name, and methods but GET. Every answer has the headers that keep other sites' pages away.</summary>
    /// <param name="context">The request.</param>
    /// <param name="hosts">Which hosts are answered.</param>
    /// <param name="option">The option that names further hosts.</param>
    /// <returns>Whether that was all.</returns>
    public static async Task<bool> TryRefuseAsync(HttpContext context, HostGuard hosts, string option)
    {
        var (request, response) = (context.Request, context.Response);
        Harden(response.Headers);
        if (!hosts.Allows(request.Host.Host))
        {
            response.StatusCode = StatusCodes.Status400BadRequest;
            await response.WriteAsync($"This host is not answered. Start the program with {option} NAME to allow it.\n", context.RequestAborted);
            return true;
        }

        if (!HttpMethods.IsGet(request.Method))
        {
            response.Headers.Allow = "GET";
            response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            return true;
        }

        return false;
    }

    private static void Harden(IHeaderDictionary headers)
    {
        headers.ContentSecurityPolicy = "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
    }
}
