using System.Text;
using ReactiveLink.Messages;
using ReactiveLink.Tests.Support;

namespace ReactiveLink.Tests.Messages;

/// <summary>Hostile envelopes cost little and are refused by name.</summary>
public sealed class JsonEnvelopeLimitTests
{
    [Theory]
    [InlineData(63, true)]
    [InlineData(64, false)]
    public void Data_63_levels_deep_is_read_and_64_is_refused(int levels, bool accepted)
    {
        var json = Deep(levels);

        Assert.Equal(accepted, MessageCodecs.Json.TryDecode(Frames.Of(json), out _, out var error));
        Assert.Equal(accepted ? null : EnvelopeReader.NotJson, error);
    }

    [Fact]
    public void The_depth_limit_is_an_option()
    {
        var codec = new JsonEnvelopeCodec(new JsonEnvelopeOptions { MaxDepth = 3 });

        Assert.True(codec.TryDecode(Frames.Of(Deep(2)), out _, out _));
        Assert.False(codec.TryDecode(Frames.Of(Deep(3)), out _, out _));
    }

    [Fact]
    public void A_payload_above_the_size_limit_is_refused_unread()
    {
        var codec = new JsonEnvelopeCodec(new JsonEnvelopeOptions { MaxPayloadSize = 16 });

        Assert.True(codec.TryDecode(Frames.Of("{\"metadata\":{} }"), out _, out _));
        Assert.False(codec.TryDecode(Frames.Of("{\"metadata\":{}  }"), out _, out var error));
        Assert.Same(JsonEnvelopeCodec.TooLarge, error);
    }

    [Fact]
    public void Datagram_of_64_KB_of_brackets_allocates_little()
    {
        var frame = Frames.Of("{\"metadata\":{},\"data\":" + new string('[', 65000) + "}");
        MessageCodecs.Json.TryDecode(frame, out _, out _);

        var allocated = Allocated.By(() => Assert.False(MessageCodecs.Json.TryDecode(frame, out _, out _)));

        Assert.InRange(allocated, 0, 8192);
    }

    [Fact]
    public void Datagram_with_a_number_of_60000_digits_allocates_one_message()
    {
        var frame = Frames.Of("{\"metadata\":{\"timestamp\":" + new string('0', 1) + "." + new string('1', 60000) + "},\"data\":" + new string('9', 5000) + "}");
        MessageCodecs.Json.TryDecode(frame, out _, out _);

        var allocated = Allocated.By(() => Assert.True(MessageCodecs.Json.TryDecode(frame, out _, out _)));

        Assert.InRange(allocated, 0, 1024);
    }

    [Fact]
    public void A_source_of_60000_bytes_is_not_decoded_until_asked_for()
    {
        var frame = Frames.Of("{\"metadata\":{\"source\":\"" + new string('s', 60000) + "\"}}");
        MessageCodecs.Json.TryDecode(frame, out _, out _);

        var allocated = Allocated.By(() => MessageCodecs.Json.TryDecode(frame, out _, out _));

        Assert.InRange(allocated, 0, 1024);
        Assert.True(MessageCodecs.Json.TryDecode(frame, out var message, out _));
        Assert.Equal(60000, message.Source.Length);
    }

    [Fact]
    public void Reading_type_source_priority_and_data_allocates_the_message_only()
    {
        var frame = Frames.Of(
            """{"metadata": {"message_id": "udp_1700000000500000", "timestamp": 1700000000.5, "message_type": "heartbeat", "priority": 2, "source": "plant-allocation", "destination": null, "correlation_id": null}, "data": {"roll": 1.5}}""");
        Read();

        const int Count = 1000;
        var allocated = Allocated.By(() =>
        {
            for (var i = 0; i < Count; i++)
            {
                Read();
            }
        });

        Assert.InRange(allocated / (double)Count, 1, 280);

        void Read()
        {
            MessageCodecs.Json.TryDecode(frame, out var message, out _);
            _ = (message!.Type, message.Source, message.Priority, message.Timestamp, message.SentAt, message.Data);
        }
    }

    [Fact]
    public void Every_bad_option_is_reported_at_once()
    {
        var error = Assert.Throws<ArgumentException>(() => new JsonEnvelopeCodec(new JsonEnvelopeOptions { MaxDepth = 1, MaxPayloadSize = 1 }));

        Assert.Equal(
            "The JSON envelope's options are not valid. MaxDepth is 1; set it from 2 to 1000. "
            + "MaxPayloadSize is 1; set it from 2 to 1073741824 bytes. (Parameter 'options')",
            error.Message);
        Assert.Throws<ArgumentNullException>(() => new JsonEnvelopeCodec(null!));
    }

    private static byte[] Deep(int levels) =>
        Encoding.UTF8.GetBytes("{\"metadata\":{},\"data\":" + new string('[', levels) + new string(']', levels) + "}");
}
