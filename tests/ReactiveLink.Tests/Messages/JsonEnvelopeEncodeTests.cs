using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using ReactiveLink.Tests.Support;

namespace ReactiveLink.Tests.Messages;

public sealed class JsonEnvelopeEncodeTests
{
    private static readonly MessageMetadata Metadata = new() { Id = "a-1", Timestamp = 1700000000.5, Source = "plant" };

    [Fact]
    public void All_seven_fields_in_the_original_order()
    {
        Assert.Equal(
            """{"metadata":{"message_id":"a-1","timestamp":1700000000.5,"message_type":"data","priority":2,"source":"plant","destination":null,"correlation_id":null},"data":{"roll": 1.5}}""",
            Encode(Metadata, "{\"roll\": 1.5}"));
    }

    [Fact]
    public void Strings_are_escaped_where_JSON_asks_for_it_and_UTF8_elsewhere()
    {
        var metadata = Metadata with { Source = "a\"\\\n<é🚀", Type = new MessageType("x\u0001"), Destination = "d", CorrelationId = "c" };

        Assert.Equal(
            """{"metadata":{"message_id":"a-1","timestamp":1700000000.5,"message_type":"x\u0001","priority":2,"source":"a\"\\\n<é\uD83D\uDE80","destination":"d","correlation_id":"c"},"data":1}""",
            Encode(metadata, "1"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1.5)]
    [InlineData(1699999999.1234567)]
    [InlineData(1700000000)]
    [InlineData(1e300)]
    [InlineData(5e-324)]
    public void A_timestamp_comes_back_exactly(double timestamp)
    {
        Assert.True(MessageCodecs.Json.TryDecode(Frames.Of(Encode(Metadata with { Timestamp = timestamp }, "1")), out var message, out _));

        Assert.Equal(timestamp, message.Timestamp);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void A_timestamp_that_JSON_cannot_write_is_refused(double timestamp)
    {
        Assert.Throws<ArgumentException>(() => Encode(Metadata with { Timestamp = timestamp }, "1"));
    }

    [Fact]
    public void Half_a_surrogate_pair_is_refused_before_anything_is_written()
    {
        RefuseString("\ud800");
        RefuseString("a\udc00b");
        RefuseString("\ud83d\ud83d\ude80");
    }

    [Fact]
    public void A_value_is_written_without_a_buffer_in_between()
    {
        var output = new ArrayBufferWriter<byte>();

        MessageCodecs.Json.EncodeValue(Metadata, new Attitude(1.5, "a"), TestJson.Default.Attitude, output);

        Assert.EndsWith(""" "data":{"Roll":1.5,"Name":"a"}}""".Trim(), Encoding.UTF8.GetString(output.WrittenSpan), StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_that_fails_leaves_the_next_message_alone()
    {
        Assert.Throws<ArgumentException>(
            () => MessageCodecs.Json.EncodeValue(Metadata, new Attitude(double.NaN, ""), TestJson.Default.Attitude, new ArrayBufferWriter<byte>()));

        All_seven_fields_in_the_original_order();
    }

    [Fact]
    public void A_converter_may_encode_another_message()
    {
        var options = new JsonSerializerOptions { Converters = { new Nested() }, TypeInfoResolver = TestJson.Default };
        var output = new ArrayBufferWriter<byte>();

        MessageCodecs.Json.EncodeValue(
            Metadata, new Attitude(1, "inner"), (System.Text.Json.Serialization.Metadata.JsonTypeInfo<Attitude>)options.GetTypeInfo(typeof(Attitude)), output);

        using var document = JsonDocument.Parse(output.WrittenMemory);
        Assert.Equal(1, document.RootElement.GetProperty("data").GetProperty("data").GetInt32());
    }

    [Fact]
    public void Encoding_allocates_nothing_in_steady_state()
    {
        var output = new ArrayBufferWriter<byte>(1024);
        MessageCodecs.Json.Encode(Metadata, "{\"roll\": 1.5}"u8, output);

        Assert.Equal(0, Allocated.By(() =>
        {
            for (var i = 0; i < 1000; i++)
            {
                output.ResetWrittenCount();
                MessageCodecs.Json.Encode(Metadata, "{\"roll\": 1.5}"u8, output);
            }
        }));
    }

    [Fact]
    public void ArgumentChecking()
    {
        var output = new ArrayBufferWriter<byte>();

        Assert.Throws<ArgumentNullException>(() => MessageCodecs.Json.EncodeValue(null!, new Attitude(1, ""), TestJson.Default.Attitude, output));
        Assert.Throws<ArgumentNullException>(() => MessageCodecs.Json.EncodeValue(Metadata, new Attitude(1, ""), null!, output));
        Assert.Throws<ArgumentNullException>(() => MessageCodecs.Json.EncodeValue(Metadata, new Attitude(1, ""), TestJson.Default.Attitude, null!));
    }

    private static void RefuseString(string bad)
    {
        var output = new ArrayBufferWriter<byte>();

        Assert.Throws<ArgumentException>(() => MessageCodecs.Json.Encode(Metadata with { Id = bad }, "1"u8, output));
        Assert.Throws<ArgumentException>(() => MessageCodecs.Json.Encode(Metadata with { Source = bad }, "1"u8, output));
        Assert.Throws<ArgumentException>(() => MessageCodecs.Json.Encode(Metadata with { Destination = bad }, "1"u8, output));
        Assert.Throws<ArgumentException>(() => MessageCodecs.Json.Encode(Metadata with { CorrelationId = bad }, "1"u8, output));
        Assert.Throws<ArgumentException>(() => MessageCodecs.Json.Encode(Metadata with { Type = new MessageType(bad) }, "1"u8, output));
        Assert.Equal(0, output.WrittenCount);
    }

    private static string Encode(MessageMetadata metadata, string data)
    {
        var output = new ArrayBufferWriter<byte>();
        MessageCodecs.Json.Encode(metadata, Encoding.UTF8.GetBytes(data), output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }


    private sealed class Nested : JsonConverter<Attitude>
    {
        public override Attitude Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new JsonException();

        public override void Write(Utf8JsonWriter writer, Attitude value, JsonSerializerOptions options)
        {
            var output = new ArrayBufferWriter<byte>();
            MessageCodecs.Json.Encode(Metadata, "1"u8, output);
            writer.WriteRawValue(output.WrittenSpan);
        }
    }
}
