using System.Text;

namespace ReactiveLink.Tests.Messages;

public sealed class JsonEnvelopeCodecContractTests : MessageCodecContract
{
    protected override IMessageCodec Codec => MessageCodecs.Json;

    protected override IReadOnlyList<byte[]> Samples =>
    [
        "null"u8.ToArray(),
        "true"u8.ToArray(),
        "-1.5e-3"u8.ToArray(),
        "\"a\\u00e9\\ud83d\\ude80\""u8.ToArray(),
        "[1, [2, {\"a\": []}], {}]"u8.ToArray(),
        Encoding.UTF8.GetBytes("{\"a\":\"héllo 🚀\",\"metadata\":{\"priority\":\"x\"},\"data\":1}"),
    ];

    protected override IReadOnlyList<byte[]> Refused =>
    [
        [],
        "{"u8.ToArray(),
        "{}"u8.ToArray(),
        "[]"u8.ToArray(),
        "null"u8.ToArray(),
        [0x80, 4, 0x95],
        [0xFF, 0xFE],
        "{\"metadata\":{}}x"u8.ToArray(),
        "{\"metadata\":{\"source\":1}}"u8.ToArray(),
    ];

    protected override IReadOnlyList<byte[]> Unwritable =>
    [
        [],
        " "u8.ToArray(),
        "{"u8.ToArray(),
        "1 2"u8.ToArray(),
        "NaN"u8.ToArray(),
        "{},"u8.ToArray(),
        "1}"u8.ToArray(),
        "1,\"metadata\":{}"u8.ToArray(),
        "'a'"u8.ToArray(),
        [(byte)'"', 0xFF, (byte)'"'],
        Encoding.UTF8.GetBytes(new string('[', 64) + new string(']', 64)),
    ];

    [Fact]
    public void Round_trip_keeps_the_metadata()
    {
        Assert.Equal(SampleMetadata, Decode(Encode("1"u8.ToArray())).Metadata);
    }
}
