using System.Text;
using ReactiveLink.Messages;

namespace ReactiveLink.Tests.Messages;

/// <summary>Reading envelopes: the golden vectors are the output of CPython 3's <c>json.dumps</c>, byte for byte.</summary>
public sealed class JsonEnvelopeDecodeTests
{
    private const string Head =
        """{"metadata": {"message_id": "udp_1700000000500000", "timestamp": 1700000000.5, "message_type": "data", "priority": 2, "source": "plant", "destination": null, "correlation_id": null}, "data": """;

    public static TheoryData<string> PythonData =>
    [
        """{"roll": 1.5, "pitch": -0.25, "tags": ["a", "b"], "inner": {"ok": true, "none": null}}""",
        """[1, 2.5, -3e-07, 1e+22, "x", null, true, false]""",
        "42",
        "true",
        "null",
        "{}",
        "1180591620717411303424",
        "\"h\\u00e9llo \\ud83d\\ude80 \\u0001 \\\"q\\\" \\\\ /\"",
        """{"name": "é🚀"}""",
    ];

    [Theory]
    [MemberData(nameof(PythonData))]
    public void Python_data_is_a_slice_of_the_payload(string data)
    {
        var message = Decode(Head + data + "}");

        Assert.Equal(data, message.DataAsText());
        Assert.Equal(
            new MessageMetadata { Id = "udp_1700000000500000", Timestamp = 1700000000.5, Source = "plant" },
            message.Metadata);
    }

    [Fact]
    public void Python_text_is_read_as_it_was_written()
    {
        Assert.Equal("héllo 🚀 \u0001 \"q\" \\ /", Decode(Head + "\"h\\u00e9llo \\ud83d\\ude80 \\u0001 \\\"q\\\" \\\\ /\"}").DataAs<string>());
    }

    [Fact]
    public void Python_escapes_in_metadata()
    {
        var message = Decode(
            """{"metadata": {"message_id": "udp_1700000000500000", "timestamp": 1700000000.5, "message_type": "data", "priority": 2, "source": "K\u00e4rcher-\ud83d\ude80", "destination": "\u5730\u9762\u7ad9", "correlation_id": "abc\n1"}, "data": 1}""");

        Assert.Equal("Kärcher-🚀", message.Source);
        Assert.Equal("地面站", message.Destination);
        Assert.Equal("abc\n1", message.CorrelationId);
    }

    [Fact]
    public void Python_other_values_in_metadata()
    {
        var message = Decode(
            """{"metadata": {"message_id": "", "timestamp": 1699999999.123456, "message_type": "x-custom", "priority": 4, "source": "", "destination": null, "correlation_id": null}, "data": "text"}""");

        Assert.Equal("", message.Id);
        Assert.Equal(1699999999.123456, message.Timestamp);
        Assert.Equal("x-custom", message.Type.Name);
        Assert.Equal(Priority.Critical, message.Priority);
        Assert.Equal("text", message.DataAs<string>());
        Assert.Equal(1700000000d, Decode("""{"metadata": {"timestamp": 1700000000}}""").Timestamp);
    }

    [Theory]
    [InlineData("NaN")]
    [InlineData("[Infinity, -Infinity]")]
    public void Python_numbers_that_are_not_JSON_are_refused(string data) => Refuse(Head + data + "}", EnvelopeReader.NotJson);

    [Fact]
    public void A_pickle_is_refused_and_never_read()
    {
        var pickle = Convert.FromHexString("800495aa000000000000007d94288c086d65746164617461947d94288c0a6d6573736167655f6964");

        Assert.False(MessageCodecs.Json.TryDecode(Frames.Of(pickle), out _, out var error));
        Assert.Same(EnvelopeReader.NotAnObject, error);
    }

    [Theory]
    [InlineData("command")]
    [InlineData("data")]
    [InlineData("status")]
    [InlineData("error")]
    [InlineData("heartbeat")]
    [InlineData("acknowledgment")]
    [InlineData("configuration")]
    [InlineData("control")]
    [InlineData("zontrol")]
    [InlineData("Data")]
    [InlineData("")]
    public void Every_type_word_is_kept(string word)
    {
        var message = Decode($$$"""{"metadata":{"message_type":"{{{word}}}"}}""");

        Assert.Equal(word, message.Type.Name);
        Assert.Same(message.Type.Name, Decode($$$"""{"metadata":{"message_type":"{{{word}}}"}}""").Type.Name);
    }

    [Fact]
    public void An_escaped_type_word_and_escaped_names_are_the_plain_ones()
    {
        var message = Decode("""{"\u006detadata":{"message\u005ftype":"\u0063ommand","\ud800":1},"d\u0061ta":5,"\udc00":2}""");

        Assert.Equal(MessageType.Command, message.Type);
        Assert.Equal("5", message.DataAsText());
    }

    [Fact]
    public void Absent_fields_have_defaults()
    {
        var message = Decode("""{"metadata":{}}""");

        Assert.Equal(new MessageMetadata(), message.Metadata);
        Assert.Equal("null", message.DataAsText());
        Assert.Equal(DataFormat.Json, message.DataFormat);
    }

    [Fact]
    public void Order_unknown_fields_and_white_space_do_not_matter()
    {
        var message = Decode(
            "\r\n\t {\"x\":[{\"metadata\":1}],\"data\": [1 , 2] ,\"metadata\":{\"y\":{\"source\":1},\"source\":\"a\",\"z\":null},\"data2\":{}} \n");

        Assert.Equal("a", message.Source);
        Assert.Equal("[1 , 2]", message.DataAsText());
    }

    [Fact]
    public void The_last_of_several_counts()
    {
        var message = Decode(
            """{"data":1,"metadata":{"source":"a","priority":4,"destination":"d"},"data":2,"metadata":{"source":"b","source":"c","destination":"e","destination":null}}""");

        Assert.Equal("c", message.Source);
        Assert.Null(message.Destination);
        Assert.Equal(Priority.Normal, message.Priority);
        Assert.Equal("2", message.DataAsText());
    }

    [Theory]
    [InlineData("""{"data":1}""", EnvelopeReader.NoMetadata)]
    [InlineData("""{"metadata":null}""", EnvelopeReader.MetadataNotAnObject)]
    [InlineData("""{"metadata":[]}""", EnvelopeReader.MetadataNotAnObject)]
    [InlineData("""{"metadata":"x","data":{"a":1}}""", EnvelopeReader.MetadataNotAnObject)]
    [InlineData("""{"metadata":{"message_id":1}}""", EnvelopeReader.BadId)]
    [InlineData("""{"metadata":{"message_id":null}}""", EnvelopeReader.BadId)]
    [InlineData("""{"metadata":{"timestamp":"1"}}""", EnvelopeReader.BadTimestamp)]
    [InlineData("""{"metadata":{"timestamp":1e999}}""", EnvelopeReader.BadTimestamp)]
    [InlineData("""{"metadata":{"timestamp":null}}""", EnvelopeReader.BadTimestamp)]
    [InlineData("""{"metadata":{"message_type":{"a":["b"]}}}""", EnvelopeReader.BadType)]
    [InlineData("""{"metadata":{"message_type":null}}""", EnvelopeReader.BadType)]
    [InlineData("""{"metadata":{"message_type":"\ud800"}}""", EnvelopeReader.BadType)]
    [InlineData("""{"metadata":{"priority":"2"}}""", EnvelopeReader.BadPriority)]
    [InlineData("""{"metadata":{"priority":2.5}}""", EnvelopeReader.BadPriority)]
    [InlineData("""{"metadata":{"priority":2147483648}}""", EnvelopeReader.BadPriority)]
    [InlineData("""{"metadata":{"priority":true}}""", EnvelopeReader.BadPriority)]
    [InlineData("""{"metadata":{"source":null}}""", EnvelopeReader.BadSource)]
    [InlineData("""{"metadata":{"source":["a"]}}""", EnvelopeReader.BadSource)]
    [InlineData("""{"metadata":{"source":"\ud800"}}""", EnvelopeReader.BadSource)]
    [InlineData("""{"metadata":{"source":"\ude80\ud83d"}}""", EnvelopeReader.BadSource)]
    [InlineData("""{"metadata":{"source":"\ud83d\ud83d\ude80"}}""", EnvelopeReader.BadSource)]
    [InlineData("""{"metadata":{"source":"\ud83d\\ude80"}}""", EnvelopeReader.BadSource)]
    [InlineData("""{"metadata":{"destination":5}}""", EnvelopeReader.BadDestination)]
    [InlineData("""{"metadata":{"correlation_id":false}}""", EnvelopeReader.BadCorrelationId)]
    [InlineData("""{"metadata":{"correlation_id":"\udc00"}}""", EnvelopeReader.BadCorrelationId)]
    public void A_field_of_the_wrong_type_is_refused(string json, string error) => Refuse(json, error);

    [Theory]
    [InlineData("", EnvelopeReader.NotAnObject)]
    [InlineData("  ", EnvelopeReader.NotAnObject)]
    [InlineData("{", EnvelopeReader.NotAnObject)]
    [InlineData("}{", EnvelopeReader.NotAnObject)]
    [InlineData("[{}]", EnvelopeReader.NotAnObject)]
    [InlineData("{\"metadata\":{}", EnvelopeReader.NotJson)]
    [InlineData("{\"metadata\":{}}{}", EnvelopeReader.NotJson)]
    [InlineData("{\"metadata\":{}}}", EnvelopeReader.NotJson)]
    [InlineData("{\"metadata\":{},}", EnvelopeReader.NotJson)]
    [InlineData("{\"metadata\":{}/**/}", EnvelopeReader.NotJson)]
    [InlineData("{\"metadata\":{},\"data\":01}", EnvelopeReader.NotJson)]
    [InlineData("{\"metadata\":{},\"data\":}", EnvelopeReader.NotJson)]
    [InlineData("{'metadata':{}}", EnvelopeReader.NotJson)]
    [InlineData("{\"metadata\":{\"source\":\"\\x\"}}", EnvelopeReader.NotJson)]
    [InlineData("{\"metadata\":{\"source\":\"\\ud8zz\"}}", EnvelopeReader.NotJson)]
    [InlineData("{\"metadata\":{\"source\":\"a\nb\"}}", EnvelopeReader.NotJson)]
    [InlineData("\uFEFF{\"metadata\":{}}", EnvelopeReader.NotAnObject)]
    public void What_is_not_one_JSON_object_is_refused(string json, string error) => Refuse(json, error);

    [Theory]
    [InlineData(new byte[] { 0xC3 })]
    [InlineData(new byte[] { 0xFF })]
    [InlineData(new byte[] { 0xED, 0xA0, 0x80 })]
    [InlineData(new byte[] { 0xC0, 0xAF })]
    public void Bad_UTF8_in_any_string_is_refused(byte[] bad)
    {
        byte[] inData = [.. "{\"metadata\":{},\"data\":\""u8, .. bad, .. "\"}"u8];
        byte[] inSource = [.. "{\"metadata\":{\"source\":\""u8, .. bad, .. "\"}}"u8];

        Assert.False(MessageCodecs.Json.TryDecode(Frames.Of(inData), out _, out var error));
        Assert.Same(EnvelopeReader.NotUtf8, error);
        Assert.False(MessageCodecs.Json.TryDecode(Frames.Of(inSource), out _, out _));
    }

    private static Message Decode(string json)
    {
        Assert.True(MessageCodecs.Json.TryDecode(Frames.Of(json), out var message, out var error), error);
        return message;
    }

    private static void Refuse(string json, string expected)
    {
        Assert.False(MessageCodecs.Json.TryDecode(Frames.Of(Encoding.UTF8.GetBytes(json)), out var message, out var error));
        Assert.Null(message);
        Assert.Equal(expected, error);
    }
}
