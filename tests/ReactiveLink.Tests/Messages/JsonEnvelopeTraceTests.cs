using System.Buffers;
using System.Text;
using System.Text.Json;
using ReactiveLink.Tests.Support;

namespace ReactiveLink.Tests.Messages;

/// <summary>W3C Trace Context in the envelope: there if given, ignored if malformed, never a reason to refuse a message.</summary>
public sealed class JsonEnvelopeTraceTests
{
    private const string Parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    private static readonly MessageMetadata Metadata = new() { Id = "a-1", Timestamp = 1700000000.5, Source = "plant" };

    [Fact]
    public void It_lies_between_metadata_and_data_and_comes_back()
    {
        var text = Encode(Metadata with { TraceParent = Parent, TraceState = "a=1,b=\"2\"" });

        Assert.Equal(
            """{"metadata":{"message_id":"a-1","timestamp":1700000000.5,"message_type":"data","priority":2,"source":"plant","destination":null,"correlation_id":null},"traceparent":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01","tracestate":"a=1,b=\"2\"","data":1}""",
            text);
        var message = Decode(text);
        Assert.Equal((Parent, "a=1,b=\"2\""), (message.Metadata.TraceParent, message.Metadata.TraceState));
        Assert.Equal("1", message.DataAsText());
        Assert.Equal(message.Metadata, Metadata with { TraceParent = Parent, TraceState = "a=1,b=\"2\"" });
    }

    [Fact]
    public void Without_one_nothing_is_written() => Assert.DoesNotContain("trace", Encode(Metadata), StringComparison.Ordinal);

    [Theory]
    [InlineData("""{"traceparent":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01","metadata":{},"data":1}""", Parent, null)]
    [InlineData("""{"metadata":{},"data":1,"tracestate":"x=y","traceparent":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}""", Parent, "x=y")]
    [InlineData("""{"metadata":{},"traceparent":7,"tracestate":"x=y","data":1}""", null, null)]
    [InlineData("""{"metadata":{},"traceparent":{"a":[1,2]},"tracestate":["x"],"data":1}""", null, null)]
    [InlineData("""{"metadata":{},"traceparent":null,"tracestate":null,"data":1}""", null, null)]
    [InlineData("""{"metadata":{},"traceparent":"","tracestate":"x=y","data":1}""", null, null)]
    [InlineData("""{"metadata":{},"traceparent":"00-00000000000000000000000000000000-b7ad6b7169203331-01","data":1}""", null, null)]
    [InlineData("""{"metadata":{},"traceparent":"00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01","data":1}""", null, null)]
    [InlineData("""{"metadata":{},"traceparent":"00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01","data":1}""", null, null)]
    [InlineData("""{"metadata":{},"traceparent":"000af7651916cd443dd8448eb211c80319c-b7ad6b7169203331-01","data":1}""", null, null)]
    [InlineData("""{"metadata":{},"traceparent":"ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01","data":1}""", null, null)]
    [InlineData("""{"metadata":{},"traceparent":"zz-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01","data":1}""", null, null)]
    [InlineData("""{"metadata":{},"traceparent":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0g","data":1}""", null, null)]
    [InlineData("""{"metadata":{},"traceparent":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more","data":1}""", null, null)]
    [InlineData("""{"metadata":{},"traceparent":"garbage \ud83d\ude80","tracestate":"x=y","data":1}""", null, null)]
    [InlineData("""{"metadata":{},"traceparent":"\ud83d","data":1}""", null, null)]
    [InlineData("""{"metadata":{},"traceparent":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01","tracestate":"a=grün","data":1}""", Parent, null)]
    [InlineData("""{"metadata":{},"traceparent":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01","tracestate":"","data":1}""", Parent, null)]
    [InlineData("""{"traceparent":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01","traceparent":"","metadata":{},"data":1}""", null, null)]
    [InlineData("""{"metadata":{},"traceparent":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01","tracestate":5,"data":1}""", Parent, null)]
    public void What_is_malformed_is_as_if_it_were_not_there(string envelope, string? parent, string? state)
    {
        var message = Decode(envelope);

        Assert.Equal((parent, state), (message.Metadata.TraceParent, message.Metadata.TraceState));
        Assert.Equal("1", message.DataAsText());
    }

    [Fact]
    public void What_is_too_long_is_as_if_it_were_not_there()
    {
        Assert.Null(Decode($$"""{"metadata":{},"traceparent":"{{Parent}}-{{new string('a', 80)}}","data":1}""").Metadata.TraceParent);
        var message = Decode($$"""{"metadata":{},"traceparent":"{{Parent}}","tracestate":"{{new string('a', 513)}}","data":1}""");
        Assert.Equal((Parent, null), (message.Metadata.TraceParent, message.Metadata.TraceState));
        var flood = Encoding.UTF8.GetBytes($$"""{"metadata":{},"traceparent":"{{new string('a', 30_000)}}","tracestate":"{{new string('a', 30_000)}}","data":1}""");
        Assert.InRange(
            Allocated.By(() =>
            {
                MessageCodecs.Json.TryDecode(Frames.Of(flood), out var hostile, out _);
                Assert.Null(hostile!.Metadata.TraceParent);
            }),
            1,
            1_000);
    }

    [Fact]
    public void The_longest_comes_back_also_where_every_character_is_escaped()
    {
        var state = string.Concat(Enumerable.Repeat("a=\"", 170)) + "b=";
        Assert.Equal(512, state.Length);
        Assert.Equal(state, Decode(Encode(Metadata with { TraceParent = Parent, TraceState = state })).Metadata.TraceState);
        var escaped = string.Concat(Parent.Select(c => $"\\u{(int)c:x4}"));
        Assert.Equal(Parent, Decode($$"""{"metadata":{},"traceparent":"{{escaped}}","data":1}""").Metadata.TraceParent);
    }

    [Theory]
    [InlineData("garbage", null)]
    [InlineData("", null)]
    [InlineData("00-00000000000000000000000000000000-b7ad6b7169203331-01", null)]
    [InlineData(null, "a=1")]
    [InlineData(Parent, "")]
    [InlineData(Parent, "a=grün")]
    [InlineData(Parent, "a=\n")]
    public void What_nobody_could_read_is_not_written(string? parent, string? state)
    {
        var output = new ArrayBufferWriter<byte>();

        Assert.Throws<ArgumentException>(
            () => MessageCodecs.Json.Encode(Metadata with { TraceParent = parent, TraceState = state }, "1"u8, output));
        Assert.Throws<ArgumentException>(
            () => MessageCodecs.Json.Encode(Metadata with { TraceParent = Parent, TraceState = new string('a', 513) }, "1"u8, output));
        Assert.Throws<ArgumentException>(
            () => MessageCodecs.Json.Encode(Metadata with { TraceParent = Parent, TraceState = "\ud800" }, "1"u8, output));
        Assert.Equal(0, output.WrittenCount);
    }

    [Fact]
    public void A_kept_message_keeps_it()
    {
        var payload = Encoding.UTF8.GetBytes(Encode(Metadata with { TraceParent = Parent }));
        var lent = new Datagram(payload, Frames.Peer, Frames.ReceivedAt, TimeSpan.Zero, isLent: true);
        Assert.True(MessageCodecs.Json.TryDecode(new Sequenced<Frame>(new Frame(lent, payload, 7), 7, default, Peer: null), out var message, out _));

        var kept = message.Keep();
        payload.AsSpan().Clear();

        Assert.Equal(Parent, kept.Metadata.TraceParent);
    }

    [Fact]
    public void A_message_without_one_is_no_larger_for_it()
    {
        var frame = Frames.Of(Wire.Envelope("1"));
        var without = Allocated.By(() => MessageCodecs.Json.TryDecode(frame, out _, out _));
        var frameWith = Frames.Of(Encode(Metadata with { TraceParent = Parent }));
        var with = Allocated.By(() => MessageCodecs.Json.TryDecode(frameWith, out _, out _));

        Assert.InRange(with - without, 1, 64);
    }

    private static Message Decode(string envelope)
    {
        Assert.True(MessageCodecs.Json.TryDecode(Frames.Of(envelope), out var message, out var error), error);
        return message;
    }

    private static string Encode(MessageMetadata metadata)
    {
        var output = new ArrayBufferWriter<byte>();
        MessageCodecs.Json.Encode(metadata, "1"u8, output);
        using var document = JsonDocument.Parse(output.WrittenMemory);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
