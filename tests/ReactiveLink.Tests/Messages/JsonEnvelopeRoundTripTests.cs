using System.Buffers;
using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace ReactiveLink.Tests.Messages;

public sealed class JsonEnvelopeRoundTripTests
{
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
