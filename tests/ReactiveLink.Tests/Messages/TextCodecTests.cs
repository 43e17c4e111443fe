using System.Text;

namespace ReactiveLink.Tests.Messages;

public sealed class TextCodecTests : MessageCodecContract
{
    protected override IMessageCodec Codec => MessageCodecs.Text;

    protected override IReadOnlyList<byte[]> Samples => [[], "plain"u8.ToArray(), Encoding.UTF8.GetBytes("héllo 🚀 地面站\0")];

    protected override IReadOnlyList<byte[]> Refused =>
    [
        [0xFF],
        [0xC3],
        [0xC0, 0x80],
        [0xED, 0xA0, 0x80],
        [0xF4, 0x90, 0x80, 0x80],
        [0x80, 4, 0x95],
    ];

    protected override IReadOnlyList<byte[]> Unwritable => Refused;

    [Fact]
    public void Metadata_is_the_default_and_the_text_is_the_data()
    {
        var message = Decode(Encoding.UTF8.GetBytes("héllo"));

        Assert.Equal(new MessageMetadata(), message.Metadata);
        Assert.Equal("héllo", message.DataAsText());
    }

    [Fact]
    public void Text_that_is_JSON_can_be_read_as_a_type()
    {
        Assert.Equal([1, 2], Assert.IsType<int[]>(Decode("[1,2]"u8.ToArray()).DataAs<int[]>()));
        Assert.False(Decode("[1,"u8.ToArray()).TryDataAs<int[]>(out _));
    }
}
