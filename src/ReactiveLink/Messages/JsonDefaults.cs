using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace ReactiveLink.Messages;

/// <summary>How data is read and written where the user says nothing.</summary>
internal static class JsonDefaults
{
    /// <summary>The web defaults (camel case, names matched without regard to case), but numbers only from numbers.</summary>
    public static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { NumberHandling = JsonNumberHandling.Strict, MaxDepth = 64 };

    [RequiresUnreferencedCode(Message.ReflectionWarning)]
    [RequiresDynamicCode(Message.ReflectionWarning)]
    public static JsonTypeInfo<T> TypeInfo<T>(JsonSerializerOptions options)
    {
        if (!options.IsReadOnly)
        {
            options.MakeReadOnly(populateMissingResolver: true);
        }

        return (JsonTypeInfo<T>)options.GetTypeInfo(typeof(T));
    }
}
