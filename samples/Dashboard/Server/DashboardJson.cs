using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Dashboard.Feed;

namespace Dashboard.Server;

/// <summary>How everything the server tells is written: source-generated, names in camel case.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Hello))]
[JsonSerializable(typeof(LinkUpdate))]
[JsonSerializable(typeof(MessageUpdate))]
[JsonSerializable(typeof(PeerUpdate))]
[JsonSerializable(typeof(WindowUpdate))]
[JsonSerializable(typeof(AlertUpdate))]
[JsonSerializable(typeof(LinkReport))]
[JsonSerializable(typeof(HealthReport))]
internal sealed partial class DashboardJson : JsonSerializerContext
{
    /// <summary>Never part of a page, so that only what JSON itself asks for is escaped: what is not ASCII stays as long as it is.</summary>
    public static DashboardJson Plain { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
