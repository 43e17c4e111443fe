using System.Buffers;
using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace ReactiveLink.Tests.Messages;

/// <summary>The one-pass reader against a document model that takes its time: they accept the same envelopes and find the same in them.</summary>
public sealed class JsonEnvelopeOracleTests
{
    private const string Envelope =
        """{"metadata":{"message_id":"udp_\u00e91","timestamp":1700000000.5,"message_type":"data","priority":2,"source":"pl\ud83d\ude80nt","destination":null,"correlation_id":"c"},"data":{"a":[1,2,{"b":"x"}]}}""";

    [Fact]
    public void Accepts_what_the_document_model_accepts_and_finds_the_same()
    {
        var accepted = 0;
        var refused = 0;
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
        {
            var mutator = new PayloadMutator(seed);
            for (var i = 0; i < 20; i++)
            {
                var payload = mutator.Mutate(Encoding.UTF8.GetBytes(Envelope));
                var expected = EnvelopeOracle.Expect(payload);
                var decoded = MessageCodecs.Json.TryDecode(Frames.Of(payload), out var message, out _);
                Assert.True((expected is not null) == decoded, Encoding.UTF8.GetString(payload));
                if (decoded)
                {
                    accepted++;
                    Assert.Equal(expected!.Value.Metadata, message!.Metadata);
                    Assert.Equal(expected.Value.Data, message.DataAsText());
                }
                else
                {
                    refused++;
                }
            }

            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500).WithReplay(1, 1));
        Assert.True(accepted > 500 && refused > 500, $"{accepted} {refused}");
    }

    [Fact]
    public void Any_metadata_comes_back_as_it_was_or_is_refused()
    {
        Prop.ForAll<string, string, double>((text, other, timestamp) =>
        {
            text ??= "";
            var metadata = new MessageMetadata
            {
                Id = text,
                Source = text + other,
                Destination = other,
                CorrelationId = text,
                Timestamp = timestamp,
                Type = MessageType.FromWire(text),
                Priority = (Priority)text.Length,
            };
            var output = new ArrayBufferWriter<byte>();
            var writable = double.IsFinite(timestamp) && IsWellFormed(text) && IsWellFormed(other) && IsWellFormed(text + other);
            if (!writable)
            {
                Assert.Throws<ArgumentException>(() => MessageCodecs.Json.Encode(metadata, "1"u8, output));
                return true;
            }

            MessageCodecs.Json.Encode(metadata, "1"u8, output);
            Assert.True(MessageCodecs.Json.TryDecode(Frames.Of(output.WrittenMemory), out var message, out var error), error);
            Assert.Equal(metadata, message.Metadata);
            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));
    }

    private static bool IsWellFormed(string? text) => text is null || Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)) == text;
}
