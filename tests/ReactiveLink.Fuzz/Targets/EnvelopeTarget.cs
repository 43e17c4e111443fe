using System.Buffers;
using System.Text;
using System.Text.Unicode;
using ReactiveLink.Tests.Messages;
using ReactiveLink.Tests.Support;
using static ReactiveLink.Fuzz.FuzzException;

namespace ReactiveLink.Fuzz;

/// <summary>
/// Payloads of all codecs. The first byte of an input is the codec, the rest the payload. The JSON envelope takes what a document model takes and finds the same in
/// it; what any codec took is kept, written and read again.
/// </summary>
internal sealed class EnvelopeTarget : FuzzTarget
{
    private static readonly byte[][] Seeds =
    [
        Encoding.UTF8.GetBytes(Wire.Envelope("""{"roll":1.5,"name":"plant","list":[1,-2.5e3,true,null,{"a":[[]]}]}""")),
        """{"metadata":{"message_id":"udp_\u00e91","timestamp":1700000000.5,"message_type":"data","priority":2,"source":"pl\ud83d\ude80nt","destination":null,"correlation_id":"c"},"data":{"a":[1,2,{"b":"x"}]}}"""u8.ToArray(),
        """ { "data" : "x" , "metadata" : { } } """u8.ToArray(),
        """{"metadata":{"destination":"tower","priority":-7,"message_type":"c\u006fmmand","unknown":[{}],"correlation_id":null},"more":{"metadata":1}}"""u8.ToArray(),
        """{"metadata":{"source":"a"},"metadata":{"source":"grün"},"data":1,"data":[[[[[2]]]]]}"""u8.ToArray(),
        """{"metadata":{"source":"a"},"traceparent":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01","tracestate":"a=\"1\",b=\\","data":1}"""u8.ToArray(),
        [0x80, 0x05, 0x95, 0x0B, 0, 0, 0, 0, 0, 0, 0, 0x7D, 0x94, 0x8C, 1, (byte)'a', 0x94, 0x4B, 1, 0x73, 0x2E],
    ];

    private readonly Mutator _mutator = new(JsonTokens.All);
    private readonly JsonEnvelopeCodec _shallow = new(new JsonEnvelopeOptions { MaxDepth = 3, MaxPayloadSize = 300 });

    public override string Name => "envelopes";

    public override byte[] Generate(SeededRandom random) =>
        [(byte)random.NextInt32(random.NextInt32(4) == 0 ? 4 : 1), .. _mutator.Mutate(Seeds[random.NextInt32(Seeds.Length)], random, Seeds[random.NextInt32(Seeds.Length)])];

    public override bool Check(byte[] input)
    {
        if (input.Length == 0)
        {
            return false;
        }

        var payload = input[1..];
        return (input[0] & 3) switch
        {
            0 => CheckJson(MessageCodecs.Json, payload),
            1 => CheckJson(_shallow, payload),
            2 => CheckPlain(MessageCodecs.Text, payload, Utf8.IsValid(payload)),
            _ => CheckPlain(MessageCodecs.Bytes, payload, expected: true),
        };
    }

    private static bool CheckJson(JsonEnvelopeCodec codec, byte[] payload)
    {
        var expected = payload.Length > codec.Options.MaxPayloadSize ? null : EnvelopeOracle.Expect(payload, codec.Options.MaxDepth);
        var message = Decode(codec, payload, expected is not null);
        if (message is null)
        {
            return false;
        }

        Equal(expected!.Value.Metadata, message.Metadata);
        Equal(expected.Value.Data, message.DataAsText());
        Equal(message.Metadata.Source, message.Source);
        _ = message.SentAt;

        // A smaller codec's own output may be over its bound.
        var again = Decode(MessageCodecs.Json, Encode(codec, message), expected: true)!;
        Equal(message.Metadata, again.Metadata);
        Require(again.Data.Span.SequenceEqual(message.Data.Span));
        return true;
    }

    private static bool CheckPlain(IMessageCodec codec, byte[] payload, bool expected)
    {
        var message = Decode(codec, payload, expected);
        Require(message is null || (message.Data.Span.SequenceEqual(payload) && Encode(codec, message).AsSpan().SequenceEqual(payload)));
        return expected;
    }

    private static Message? Decode(IMessageCodec codec, byte[] payload, bool expected)
    {
        Equal(expected, codec.TryDecode(Frames.Of(payload), out var message, out var error));
        Require(expected ? message is not null && error is null : message is null && !string.IsNullOrEmpty(error));
        if (message is null)
        {
            return null;
        }

        CheckKept(codec, payload, message);
        return message;
    }

    /// <summary>Lent memory is overwritten after OnNext; what was kept before must say the same.</summary>
    private static void CheckKept(IMessageCodec codec, byte[] payload, Message message)
    {
        var lent = payload.ToArray();
        var datagram = new Datagram(lent, Wire.Remote, DateTimeOffset.UnixEpoch, TimeSpan.Zero, isLent: true);
        Require(codec.TryDecode(new Sequenced<Frame>(new Frame(datagram, lent, 7), 7, Verdict.InOrder, Peer: null), out var again, out _));
        var kept = again.Keep();
        Array.Fill(lent, (byte)'"');
        Equal(message.Metadata, kept.Metadata);
        Require(kept.Data.Span.SequenceEqual(message.Data.Span));
    }

    private static byte[] Encode(IMessageCodec codec, Message message)
    {
        var output = new ArrayBufferWriter<byte>(256);
        codec.Encode(message.Metadata, message.Data.Span, output);
        return output.WrittenSpan.ToArray();
    }
}
