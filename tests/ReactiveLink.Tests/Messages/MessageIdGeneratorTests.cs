using ReactiveLink.Messages;

namespace ReactiveLink.Tests.Messages;

public sealed class MessageIdGeneratorTests
{
    [Fact]
    public void Ids_are_prefix_and_counter()
    {
        var ids = new MessageIdGenerator(0xABCDEF);

        Assert.Equal("0000000000abcdef-0", ids.Next());
        Assert.Equal("0000000000abcdef-1", ids.Next());
    }

    [Fact]
    public void Two_generators_differ()
    {
        Assert.NotEqual(new MessageIdGenerator().Next(), new MessageIdGenerator().Next(), StringComparer.Ordinal);
    }

    [Fact]
    public void Eight_threads_never_get_one_id_twice()
    {
        var ids = new MessageIdGenerator();
        var all = new string[8][];
        var threads = Enumerable.Range(0, 8).Select(i => new Thread(() => all[i] = [.. Enumerable.Range(0, 5000).Select(_ => ids.Next())])).ToArray();

        Array.ForEach(threads, thread => thread.Start());

        Assert.All(threads, thread => Assert.True(thread.Join(TimeSpan.FromSeconds(30))));
        Assert.Equal(40_000, all.SelectMany(x => x).Distinct(StringComparer.Ordinal).Count());
    }
}
