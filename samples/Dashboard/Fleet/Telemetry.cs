using System.Text.Json.Serialization;

namespace Dashboard.Fleet;

/// <summary>What a vehicle sends.</summary>
internal sealed record Telemetry(double Speed, double Heading, double Battery);

/// <summary>How it is written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Telemetry))]
internal sealed partial class FleetJson : JsonSerializerContext;
