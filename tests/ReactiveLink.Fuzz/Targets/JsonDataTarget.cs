using System.Reactive;
using System.Reactive.Linq;
using System.Text;
using System.Text.Json;
using ReactiveLink.Messages;
using ReactiveLink.Tests.Messages;
using static ReactiveLink.Fuzz.FuzzException;

namespace ReactiveLink.Fuzz;

/// <summary>
/// The typed data of messages. The first byte of an input is the type, the rest the data. The throwing form, the one that tries and the operator say the same; what was
/// read is written and read again.
/// </summary>
internal sealed class JsonDataTarget : FuzzTarget
{
    private static readonly (Func<Message, bool> Check, string Seed)[] Types =
    [
        (Check<Reading>, """{"roll":1.5,"name":"plant","Count":7,"at":"2024-05-06T07:08:09.1234567+02:00","raw":"AAEC/w==","mode":1,"tags":{"a":"b"},"values":[1,2.5,-3e4],"inner":{"roll":2}}"""),
        (Check<double>, "-12.5e-3"),
        (Check<int>, "2147483647"),
        (Check<string>, "\"gr\\u00fcn \\ud83d\\ude80\""),
        (Check<Dictionary<string, int>>, """{"a":1,"b":-2,"a":3}"""),
        (Check<List<Node>>, """[{"name":"a","children":[{"name":"b","children":[]}]},{"children":null}]"""),
        (Check<JsonElement>, """[1,{"a":null},"x",true,1e400]"""),
        (Check<byte[]>, "\"AAECAwQFBgc=\""),
        (Check<DateTimeOffset>, "\"9999-12-31T23:59:59.9999999+14:00\""),
        (Check<Guid>, "\"00112233-4455-6677-8899-aabbccddeeff\""),
        (Check<decimal>, "79228162514264337593543950335"),
        (Check<TimeSpan>, "\"-10675199.02:48:05.4775808\""),
        (Check<int?>, "null"),
        (Check<bool[]>, "[true,false]"),
        (Check<Refusing>, """{"value":-1}"""),
        (Check<object>, "{}"),
    ];

    private static readonly byte[][] Seeds = Array.ConvertAll(Types, type => Encoding.UTF8.GetBytes(type.Seed));

    private readonly Mutator _mutator = new(JsonTokens.All);

    private enum Mode
    {
        Off,
        On,
    }

    public override string Name => "json";

    public override byte[] Generate(SeededRandom random)
    {
        var type = random.NextInt32(Types.Length);
        return [(byte)type, .. _mutator.Mutate(Seeds[random.NextInt32(8) == 0 ? random.NextInt32(Types.Length) : type], random, Seeds[random.NextInt32(Types.Length)])];
    }

    public override bool Check(byte[] input) =>
        input.Length != 0 && Types[input[0] % Types.Length].Check(new Message(Frames.Of(ReadOnlyMemory<byte>.Empty), MessageMetadata.Default, input[1..], DataFormat.Json));

    private static bool Check<T>(Message message)
    {
        T? value = default;
        JsonException? error = null;
        try
        {
            value = message.DataAs<T>();
        }
        catch (JsonException exception)
        {
            error = exception;
        }

        var isValue = error is null && value is not null;
        var fresh = new Message(Frames.Of(ReadOnlyMemory<byte>.Empty), message.Metadata, message.Data, DataFormat.Json);
        Equal(isValue, fresh.TryDataAs<T>(out var tried));
        Require(isValue == tried is not null || default(T) is not null);

        var (values, faults) = (0, 0);
        using var subscription = Observable.Return(message).DataAs<T>(options: null, Observer.Create<Fault>(_ => faults++)).Subscribe(_ => values++);
        Equal((isValue ? 1 : 0, isValue ? 0 : 1), (values, faults));

        // A JsonElement decodes its strings later, when its user asks.
        if (isValue && typeof(T) != typeof(JsonElement) && typeof(T) != typeof(object) && Written(value) is { } written)
        {
            var again = new Message(Frames.Of(ReadOnlyMemory<byte>.Empty), message.Metadata, written, DataFormat.Json).DataAs<T>();
            Require(JsonSerializer.SerializeToUtf8Bytes(again, JsonDefaults.Options).AsSpan().SequenceEqual(written));
        }

        return isValue;
    }

    private static byte[]? Written<T>(T value)
    {
        try
        {
            return JsonSerializer.SerializeToUtf8Bytes(value, JsonDefaults.Options);
        }
        catch (ArgumentException)
        {
            // A number beyond a double's range is read as infinity, which JSON cannot write.
            return null;
        }
    }

    private sealed record Reading(
        double Roll, string? Name, long? Count, DateTimeOffset At, byte[]? Raw, Mode Mode, Dictionary<string, string?>? Tags, double[]? Values, Reading? Inner);

    private sealed record Node(string? Name, List<Node>? Children);

    /// <summary>A user's type that checks what it is given, in its own words.</summary>
    private sealed class Refusing
    {
        public int Value
        {
            get;
            set => field = value >= 0 ? value : throw new InvalidOperationException("negative");
        }
    }
}
