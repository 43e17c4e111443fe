using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using ReactiveLink.Messages;

namespace ReactiveLink;

/// <content>The data as a value of a type: decoded once, remembered for the last type asked for.</content>
public sealed partial class Message
{
    internal const string ReflectionWarning =
        "Types are read by reflection. Use the overload with JsonTypeInfo<T> in trimmed or natively compiled programs.";

    // A Message<T>, or a DataFailure. Two threads that ask at the same moment may both decode; all then see the first one's result.
    private object? _typed;

    /// <summary>Reads the data, whatever its <see cref="DataFormat"/>, as JSON. Decodes once; later calls with the same type info are free.</summary>
    /// <typeparam name="T">The type to read.</typeparam>
    /// <param name="typeInfo">How to read it, from a <see cref="JsonSerializerContext"/>.</param>
    /// <returns>The value; null where the data is JSON's null and T can be null.</returns>
    /// <exception cref="JsonException">The data is not a T.</exception>
    public T? DataAs<T>(JsonTypeInfo<T> typeInfo)
    {
        ArgumentNullException.ThrowIfNull(typeInfo);
        var typed = Typed<T>(typeInfo) ?? Decode(typeInfo, typeInfo);
        return Value<T>(typed);
    }

    /// <summary>Reads the data, whatever its <see cref="DataFormat"/>, as JSON. Decodes once; later calls with the same options are free.</summary>
    /// <typeparam name="T">The type to read.</typeparam>
    /// <param name="options">
    /// How to read it. Unless given: names in camel case, matched without regard to case; numbers only from numbers; at most 64 levels deep.
    /// </param>
    /// <returns>The value; null where the data is JSON's null and T can be null.</returns>
    /// <exception cref="JsonException">The data is not a T.</exception>
    [RequiresUnreferencedCode(ReflectionWarning)]
    [RequiresDynamicCode(ReflectionWarning)]
    public T? DataAs<T>(JsonSerializerOptions? options = null)
    {
        options ??= JsonDefaults.Options;
        var typed = Typed<T>(options) ?? Decode(JsonDefaults.TypeInfo<T>(options), options);
        return Value<T>(typed);
    }

    /// <summary>As <see cref="DataAs{T}(JsonTypeInfo{T})"/>, but says whether the data is a T instead of throwing.</summary>
    /// <typeparam name="T">The type to read.</typeparam>
    /// <param name="typeInfo">How to read it.</param>
    /// <param name="value">The value, if the data is one.</param>
    /// <returns>False where the data is not a T, or is JSON's null and T can be null.</returns>
    public bool TryDataAs<T>(JsonTypeInfo<T> typeInfo, [NotNullWhen(true)] out T? value)
    {
        ArgumentNullException.ThrowIfNull(typeInfo);
        return TryValue(Typed<T>(typeInfo) ?? Decode(typeInfo, typeInfo), out value);
    }

    /// <summary>As <see cref="DataAs{T}(JsonSerializerOptions?)"/>, but says whether the data is a T instead of throwing.</summary>
    /// <typeparam name="T">The type to read.</typeparam>
    /// <param name="value">The value, if the data is one.</param>
    /// <param name="options">How to read it; the defaults are those of <see cref="DataAs{T}(JsonSerializerOptions?)"/>.</param>
    /// <returns>False where the data is not a T, or is JSON's null and T can be null.</returns>
    [RequiresUnreferencedCode(ReflectionWarning)]
    [RequiresDynamicCode(ReflectionWarning)]
    public bool TryDataAs<T>([NotNullWhen(true)] out T? value, JsonSerializerOptions? options = null)
    {
        options ??= JsonDefaults.Options;
        return TryValue(Typed<T>(options) ?? Decode(JsonDefaults.TypeInfo<T>(options), options), out value);
    }

    /// <summary>The message with its data read: the same object for every caller with the same type info, or null with what went wrong.</summary>
    internal Message<T>? Read<T>(JsonTypeInfo<T> typeInfo, out Exception? failure)
    {
        var typed = Typed<T>(typeInfo) ?? Decode(typeInfo, typeInfo);
        failure = (typed as DataFailure)?.Exception;
        return typed as Message<T> is { Data: not null } message ? message : null;
    }

    private static T? Value<T>(object typed)
    {
        if (typed is Message<T> message)
        {
            return message.Data;
        }

        ExceptionDispatchInfo.Throw(((DataFailure)typed).Exception);
        return default;
    }

    private static bool TryValue<T>(object typed, [NotNullWhen(true)] out T? value)
    {
        if (typed is Message<T> { Data: not null } message)
        {
            value = message.Data;
            return true;
        }

        value = default;
        return false;
    }

    /// <summary>What is remembered, if it was read in the same way.</summary>
    private object? Typed<T>(object key) => Typed<T>(Volatile.Read(ref _typed), key);

    private static object? Typed<T>(object? typed, object key) =>
        (typed is Message<T> message && ReferenceEquals(message.Key, key))
            || (typed is DataFailure failure && failure.Target == typeof(T) && ReferenceEquals(failure.Key, key))
            ? typed
            : null;

    private object Decode<T>(JsonTypeInfo<T> typeInfo, object key)
    {
        var before = Volatile.Read(ref _typed);
        if (Typed<T>(before, key) is { } meanwhile)
        {
            return meanwhile;
        }

        object typed;
        try
        {
            typed = new Message<T>(this, JsonSerializer.Deserialize(Data.Span, typeInfo)!, key);
        }
        catch (JsonException exception)
        {
            typed = new DataFailure(exception, typeof(T), key);
        }
        catch (Exception exception)
        {
            // A converter, constructor or setter of the user's type refused the data in its own words.
            typed = new DataFailure(new JsonException("The data is not a " + typeof(T).Name + ": " + exception.Message, exception), typeof(T), key);
        }

        // Where another thread was first with the same question, its answer is everybody's.
        Interlocked.CompareExchange(ref _typed, typed, before);
        return Typed<T>(key) ?? typed;
    }

    private sealed class DataFailure(Exception exception, Type target, object key)
    {
        public readonly Exception Exception = exception;
        public readonly Type Target = target;
        public readonly object Key = key;
    }
}
