namespace ReactiveLink.Tests.Messages;

public sealed class MessageTypeTests
{
    [Fact]
    public void Words_are_compared_exactly()
    {
        Assert.Equal(MessageType.Data, default);
        Assert.Equal(MessageType.Data, new MessageType("data"));
        Assert.Equal(MessageType.Data.GetHashCode(), new MessageType("da" + "ta").GetHashCode());
        Assert.True(MessageType.Data != new MessageType("Data"));
        Assert.False(MessageType.Data.Equals("data"));
        Assert.Equal("x", new MessageType("x").ToString());
    }

    [Fact]
    public void A_word_of_ones_own_is_not_empty_but_one_from_the_wire_may_be()
    {
        Assert.ThrowsAny<ArgumentException>(() => new MessageType(""));
        Assert.ThrowsAny<ArgumentException>(() => new MessageType(null!));
        Assert.Equal("", MessageType.FromWire("").Name);
        Assert.NotEqual(MessageType.Data, MessageType.FromWire(""));
    }
}
