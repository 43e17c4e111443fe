using System.Security.Cryptography;

namespace Dashboard.Server;

/// <summary>The files of the page, from the program itself.</summary>
internal static class PageAssets
{
    private static readonly Dictionary<string, Asset> Files = Load();

    /// <summary>Answers a path that is a file's; false for one that is none.</summary>
    public static async Task<bool> TryServeAsync(HttpContext context)
    {
        if (!Files.TryGetValue(context.Request.Path.Value!, out var asset))
        {
            return false;
        }

        var response = context.Response;
        response.Headers.CacheControl = "no-cache";
        response.Headers.ETag = asset.Tag;
        if (context.Request.Headers.IfNoneMatch == asset.Tag)
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return true;
        }

        response.ContentType = asset.ContentType;
        response.ContentLength = asset.Bytes.Length;
        await response.Body.WriteAsync(asset.Bytes, context.RequestAborted);
        return true;
    }

    private static Dictionary<string, Asset> Load()
    {
        var assembly = typeof(PageAssets).Assembly;
        var files = new Dictionary<string, Asset>(StringComparer.Ordinal);
        foreach (var name in assembly.GetManifestResourceNames())
        {
            using var stream = assembly.GetManifestResourceStream(name)!;
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            var type = Path.GetExtension(name) switch
            {
                ".html" => "text/html; charset=utf-8",
                ".css" => "text/css; charset=utf-8",
                ".js" => "text/javascript; charset=utf-8",
                ".svg" => "image/svg+xml",
                _ => "application/octet-stream",
            };
            files.Add(name == "index.html" ? "/" : "/" + name, new Asset(bytes, type, "\"" + Convert.ToHexStringLower(SHA256.HashData(bytes))[..16] + "\""));
        }

        return files;
    }

    private sealed record Asset(byte[] Bytes, string ContentType, string Tag);
}
