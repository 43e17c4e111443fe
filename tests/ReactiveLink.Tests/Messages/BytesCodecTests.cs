namespace ReactiveLink.Tests.Messages;

public sealed class BytesCodecTests : MessageCodecContract
{
    protected override IMessageCodec Codec => MessageCodecs.Bytes;

    protected override IReadOnlyList<byte[]> Samples => [[], [0], [0x80, 4, 0xFF], "text"u8.ToArray(), new byte[65507]];

    protected override IReadOnlyList<byte[]> Refused => [];

    protected override IReadOnlyList<byte[]> Unwritable => [];

    [Fact]
    public void Metadata_is_the_default_and_the_data_is_the_payload_itself()
    {
        byte[] payload = [1, 2, 3];

        var message = Decode(payload);

        Assert.Equal(new MessageMetadata(), message.Metadata);
        Assert.True(message.Data.Equals(payload.AsMemory()));
    }
}
