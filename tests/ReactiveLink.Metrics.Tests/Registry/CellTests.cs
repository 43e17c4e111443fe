using System.Runtime.InteropServices;
using ReactiveLink.Metrics.Registry;

namespace ReactiveLink.Metrics.Tests.Registry;

/// <summary>One thread's part of a metric: values keep their times, and totals are those of each value.</summary>
public sealed class CellTests
{
    private const int Capacity = 100;

    [Theory]
    [InlineData(1)]
    [InlineData(Capacity)]
    [InlineData(1000)]
    public void Values_keep_the_time_of_their_run_whenever_they_are_drained(int capacity)
    {
        var random = new Random(5);
        var cell = new Cell(capacity, new CellTotals(null, null));
        var expected = new List<(double Value, long Ticks)>();
        var drained = new List<Entry>();
        long ticks = 0;
        long lost = 0;
        for (var i = 0; i < 50_000; i++)
        {
            // Epochs of all lengths: values with a time of their own, runs cut short, whole batches.
            var epoch = i / 700;
            if (random.Next(300) == 0 || !cell.TryAdd(i, epoch))
            {
                cell.Add(i, ++ticks, epoch);
            }

            expected.Add((i, ticks));
            if (random.Next(200) == 0)
            {
                drained.Clear();
                lost = cell.Drain(drained, totals: null);
                Assert.Equal(Math.Max(0, expected.Count - capacity), lost);
                Assert.Equal(expected.Skip((int)lost), drained.Select(entry => (entry.Value, entry.Ticks)));
                expected.Clear();
            }
        }
    }

    [Fact]
    public async Task Values_drained_while_the_thread_records_have_their_own_times()
    {
        const int Count = 3_000_000;
        var cell = new Cell(Capacity, new CellTotals(null, null));
        var writer = Task.Run(() =>
        {
            // Each value is its time.
            long ticks = 0;
            for (var i = 0; i < Count; i++)
            {
                var epoch = i / 2000;
                if (!cell.TryAdd(ticks, epoch))
                {
                    ticks++;
                    cell.Add(ticks, ticks, epoch);
                }
            }
        });
        var drained = new List<Entry>();
        long seen = 0;
        bool last;
        do
        {
            last = writer.IsCompleted;
            drained.Clear();
            seen += cell.Drain(drained, totals: null) + drained.Count;
            foreach (var entry in CollectionsMarshal.AsSpan(drained))
            {
                if ((long)entry.Value != entry.Ticks)
                {
                    Assert.Equal(entry.Value, entry.Ticks);
                }
            }
        }
        while (!last);

        await writer;
        Assert.Equal(Count, seen);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(11)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(200)]
    public void Totals_are_those_of_each_value(int boundCount)
    {
        var random = new Random(boundCount);
        double[] bounds = [.. Enumerable.Range(0, boundCount).Select(i => (i - (boundCount / 3)) * 0.5)];
        for (var length = 0; length < 300; length += length < 20 ? 1 : 37)
        {
            // Whole halves: on bounds and between them, of both signs; and what a plain sum loses. All sums of them are exact in a decimal; only the last addition rounds.
            double[] values = [.. Enumerable.Range(0, length).Select(i => (i % 5) switch { 0 => 1e17, 4 => -1e17, _ => random.Next(-300, 300) / 4.0 })];
            var totals = new CellTotals(new BucketBounds(bounds), new QuantileSketch());
            totals.Add(values);

            Assert.Equal(length, totals.Count);
            var sum = (double)values.Sum(value => (decimal)value);
            Assert.InRange(totals.Sum, Math.BitDecrement(sum), Math.BitIncrement(sum));
            Assert.Equal(values.DefaultIfEmpty(double.PositiveInfinity).Min(), totals.Min);
            Assert.Equal(values.DefaultIfEmpty(double.NegativeInfinity).Max(), totals.Max);
            Assert.Equal(Enumerable.Range(0, boundCount + 1).Select(BucketLength), totals.Buckets);

            long BucketLength(int i) => values.Count(value => (i == 0 || value > bounds[i - 1]) && (i == boundCount || value <= bounds[i]));
        }
    }
}
