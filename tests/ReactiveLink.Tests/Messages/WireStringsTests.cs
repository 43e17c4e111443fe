using System.Text;
using ReactiveLink.Messages;

namespace ReactiveLink.Tests.Messages;

public sealed class WireStringsTests
{
    [Fact]
    public void A_word_is_one_string()
    {
        Assert.Same(WireStrings.Get("vehicle-17"u8), WireStrings.Get("vehicle-17"u8));
        Assert.Same("", WireStrings.Get(default));
    }

    [Fact]
    public void A_flood_of_different_words_stays_right_and_bounded()
    {
        for (var i = 0; i < 20_000; i++)
        {
            var word = "flood-é-" + i.ToString(System.Globalization.CultureInfo.InvariantCulture);
            Assert.Equal(word, WireStrings.Get(Encoding.UTF8.GetBytes(word)));
        }
    }

    [Fact]
    public void A_long_word_is_not_kept()
    {
        var word = Encoding.UTF8.GetBytes(new string('a', WireStrings.MaximumLength + 1));

        Assert.Equal(WireStrings.MaximumLength + 1, WireStrings.Get(word).Length);
        Assert.NotSame(WireStrings.Get(word), WireStrings.Get(word));
    }

    [Fact]
    public void Eight_threads_always_get_their_own_word()
    {
        var wrong = 0;
        var threads = Enumerable.Range(0, 8).Select(thread => new Thread(() =>
        {
            for (var i = 0; i < 5000; i++)
            {
                var word = "thread-" + ((i * 7) + thread).ToString(System.Globalization.CultureInfo.InvariantCulture);
                if (WireStrings.Get(Encoding.UTF8.GetBytes(word)) != word)
                {
                    Interlocked.Increment(ref wrong);
                }
            }
        })).ToArray();

        Array.ForEach(threads, thread => thread.Start());

        Assert.All(threads, thread => Assert.True(thread.Join(TimeSpan.FromSeconds(30))));
        Assert.Equal(0, wrong);
    }
}
