using System.Text.Json.Serialization;

namespace ReactiveLink.Tests.Messages;

internal sealed record Attitude(double Roll, string Name = "");

[JsonSerializable(typeof(Attitude))]
[JsonSerializable(typeof(int))]
[JsonSerializable(typeof(string))]
internal sealed partial class TestJson : JsonSerializerContext;
