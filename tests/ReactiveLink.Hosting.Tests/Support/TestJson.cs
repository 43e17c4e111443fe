using System.Text.Json;
using System.Text.Json.Serialization;

namespace ReactiveLink.Hosting.Tests.Support;

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(Attitude))]
internal sealed partial class TestJson : JsonSerializerContext;
