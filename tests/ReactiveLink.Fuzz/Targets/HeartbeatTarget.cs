using System.Text.Json;
using ReactiveLink.Links;
using static ReactiveLink.Fuzz.FuzzException;

namespace ReactiveLink.Fuzz;

/// <summary>The data of heartbeats: what is taken is an object with one of two numbers, and is read the same once written again.</summary>
internal sealed class HeartbeatTarget : FuzzTarget
{
    private static readonly byte[][] Seeds =
    [
        """{"request":17}"""u8.ToArray(),
        """{"reply":18446744073709551615,"held":0.0012345}"""u8.ToArray(),
        """{"held":1e-7,"other":[{}],"reply":0}"""u8.ToArray(),
        """{"request":1,"request":2,"held":"x"}"""u8.ToArray(),
    ];

    private readonly Mutator _mutator = new(JsonTokens.All);

    public override string Name => "heartbeats";

    public override byte[] Generate(SeededRandom random) =>
        _mutator.Mutate(Seeds[random.NextInt32(Seeds.Length)], random, Seeds[random.NextInt32(Seeds.Length)]);

    public override bool Check(byte[] input)
    {
        if (!HeartbeatData.TryRead(input, out var data))
        {
            return false;
        }

        using var document = JsonDocument.Parse(FirstValue(input));
        var root = document.RootElement;
        var (reply, request) = (Find(root, "reply"), Find(root, "request"));
        Equal(data.IsReply, reply is not null);
        Equal(!data.IsReply, request is not null);
        Equal(data.Number, (reply ?? request)!.Value.GetUInt64());
        if (double.IsFinite(data.Held) && Math.Abs(data.Held) < 1e9)
        {
            Require(HeartbeatData.TryRead(data.Write(), out var again));
            Equal((data.Number, data.IsReply), (again.Number, again.IsReply));
            Require(!data.IsReply || Math.Abs(again.Held - data.Held) <= 1e-7 + (1e-14 * Math.Abs(data.Held)));
        }

        return true;
    }

    /// <summary>The last property of a name. Not by TryGetProperty, which throws where some other name has half a surrogate pair.</summary>
    private static JsonElement? Find(JsonElement root, string name)
    {
        JsonElement? found = null;
        foreach (var property in root.EnumerateObject())
        {
            found = EnvelopeOracle.Name(property) == name ? property.Value : found;
        }

        return found;
    }

    /// <summary>A codec hands on one value; what a mutation puts behind it is nobody's.</summary>
    private static ReadOnlyMemory<byte> FirstValue(byte[] input)
    {
        var reader = new Utf8JsonReader(input);
        reader.Read();
        reader.Skip();
        return input.AsMemory(0, (int)reader.BytesConsumed);
    }
}
