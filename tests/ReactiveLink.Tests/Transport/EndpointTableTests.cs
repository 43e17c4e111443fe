using System.Net;
using ReactiveLink.Transport;

namespace ReactiveLink.Tests.Transport;

public sealed class EndpointTableTests
{
    private static EndpointKey Key(int i) => EndpointKey.From(new IPAddress(BitConverter.GetBytes(i)), 1 + (i & 0x7FFF));

    /// <summary>Against a dictionary, with hashes that often collide, at the table's end too.</summary>
    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(7)]
    [InlineData(0)]
    public void It_finds_what_was_added_and_not_removed(int mask)
    {
        var random = new Random(11);
        var table = new EndpointTable();
        var model = new Dictionary<int, UdpEndpoint>();
        for (var step = 0; step < 20_000; step++)
        {
            var i = random.Next(300);
            var key = Key(i);
            var hash = (key.GetHashCode() & mask) | (mask == 7 ? -8 : 0);
            if (model.TryGetValue(i, out var expected))
            {
                Assert.Same(expected, table.Find(in key, hash));
                if (random.Next(2) == 0)
                {
                    Assert.True(table.Remove(in key, hash, out var removed));
                    Assert.Same(expected, removed);
                    model.Remove(i);
                }
            }
            else
            {
                Assert.Null(table.Find(in key, hash));
                Assert.False(table.Remove(in key, hash, out _));
                model[i] = new UdpEndpoint(in key);
                table.Add(model[i], hash);
            }

            Assert.Equal(model.Count, table.Count);
        }

        table.Clear();
        var any = Key(1);
        Assert.Equal(0, table.Count);
        Assert.Null(table.Find(in any, any.GetHashCode() & mask));
    }
}
