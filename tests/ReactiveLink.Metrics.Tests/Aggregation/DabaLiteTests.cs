using FsCheck;
using FsCheck.Fluent;
using ReactiveLink.Metrics.Windows;

namespace ReactiveLink.Metrics.Tests.Windows;

public sealed class DabaLiteTests
{
    [Fact]
    public void Equals_a_merge_of_all_for_any_order_of_insertions_and_evictions()
    {
        // Concatenation is associative, not commutative, and has no inverse: every slip shows.
        Prop.ForAll(ArbMap.Default.ArbFor<bool[]>(), steps =>
        {
            var queue = new DabaLite<string, Concatenation>(1, default);
            var model = new Queue<string>();
            for (int i = 0; i < steps.Length; i++)
            {
                if (steps[i] || model.Count == 0)
                {
                    string item = ((char)('a' + (i % 26))).ToString();
                    queue.Insert(item);
                    model.Enqueue(item);
                }
                else
                {
                    queue.Evict();
                    model.Dequeue();
                }

                Assert.Equal(string.Concat(model), queue.Query());
                Assert.Equal(model.Count, queue.Count);
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000).WithEndSize(200));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(600)]
    public void Needs_at_most_four_merges_to_slide_by_one_however_long_it_is(int length)
    {
        var merger = new Counted();
        var queue = new DabaLite<long, Counted>(length + 1, merger);
        for (int i = 0; i < 5 * length; i++)
        {
            merger.Calls[0] = 0;
            queue.Insert(1);
            Assert.InRange(merger.Calls[0], 0, 3);
            merger.Calls[0] = 0;
            if (queue.Count > length)
            {
                queue.Evict();
                Assert.InRange(merger.Calls[0], 0, 2);
            }

            Assert.Equal(Math.Min(i + 1, length), queue.Query());
        }
    }

    [Fact]
    public void Grows_beyond_its_capacity_and_refuses_eviction_of_nothing()
    {
        var queue = new DabaLite<string, Concatenation>(1, default);
        Assert.Throws<InvalidOperationException>(() => queue.Evict());
        queue.Insert("a");
        queue.Insert("b");
        Assert.Equal((2, "ab"), (queue.Capacity, queue.Query()));
        queue.Clear();
        Assert.Equal("", queue.Query());
    }

    private readonly struct Concatenation : IMerger<string>
    {
        public string Empty => "";

        public string Merge(in string older, in string newer) => older + newer;
    }

    private readonly struct Counted() : IMerger<long>
    {
        public int[] Calls { get; } = new int[1];

        public long Empty => 0;

        public long Merge(in long older, in long newer)
        {
            Calls[0]++;
            return older + newer;
        }
    }
}
