using System.Reactive.Linq;
using System.Reactive.Subjects;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Reactive.Testing;

namespace ReactiveLink.Metrics.Tests.Windows;

/// <summary>Each operator against a model in a few lines, on random streams with coincident timestamps and gaps.</summary>
public sealed class WindowModelTests
{
    private static readonly Config Config = Config.QuickThrowOnFailure.WithMaxTest(10_000).WithEndSize(40);

    [Fact]
    public void Sliding_and_tumbling_windows() => Prop.ForAll<(byte Wait, short Value)[], PositiveInt, PositiveInt>((steps, length, every) =>
    {
        int w = 1 + (length.Get % 60);
        int e = 1 + (every.Get % 30);
        var (items, seen) = Run(steps, (source, scheduler) => source.SlidingWindow(
            TimeSpan.FromTicks(w), TimeSpan.FromTicks(e), new WindowOptions { AlignToSubscription = true, EmitEmpty = false }, scheduler));
        int last = items.Count == 0 ? 0 : items[^1].Time + w + e;
        var expected = Enumerable.Range(1, (last / e) + 1)
            .Select(k => (Start: (k * e) - w, End: k * e))
            .Select(b => (b.Start, b.End, Values: items.Where(i => i.Time >= b.Start && i.Time < b.End).Select(i => i.Value).ToList()))
            .Where(b => b.Values.Count > 0);
        AssertEqual(expected.ToList(), seen);
    }).Check(Config);

    [Fact]
    public void Count_windows() => Prop.ForAll<(byte Wait, short Value)[], PositiveInt, PositiveInt>((steps, size, step) =>
    {
        int n = 1 + (size.Get % 20);
        int s = 1 + (step.Get % 20);
        var (items, seen) = Run(steps, (source, scheduler) => source.CountWindow(n, s, scheduler: scheduler));
        var expected = Enumerable.Range(1, items.Count / s)
            .Select(k => items.Take(k * s).TakeLast(n).ToList())
            .Select(w => (w[0].Time, w[^1].Time, w.Select(i => i.Value).ToList()));
        AssertEqual(expected.ToList(), seen);
    }).Check(Config);

    [Fact]
    public void Session_windows() => Prop.ForAll<(byte Wait, short Value)[], PositiveInt>((steps, gap) =>
    {
        int g = 1 + (gap.Get % 60);
        var (items, seen) = Run(steps, (source, scheduler) => source.SessionWindow(TimeSpan.FromTicks(g), scheduler: scheduler));
        var expected = new List<(int Start, int End, List<double> Values)>();
        foreach (var (time, value) in items)
        {
            if (expected.Count == 0 || time >= expected[^1].End)
            {
                expected.Add((time, 0, []));
            }

            expected[^1] = (expected[^1].Start, time + g, [.. expected[^1].Values, value]);
        }

        AssertEqual(expected, seen);
    }).Check(Config);

    [Fact]
    public void Buffers() => Prop.ForAll<(byte Wait, short Value)[], PositiveInt, PositiveInt>((steps, length, every) =>
    {
        int w = 1 + (length.Get % 60);
        int e = 1 + (every.Get % 30);
        var (items, seen) = Run(steps, (source, scheduler) => source.BufferWindow(
            TimeSpan.FromTicks(w), TimeSpan.FromTicks(e), new WindowOptions { AlignToSubscription = true, EmitEmpty = false }, scheduler));
        var expected = Enumerable.Range(1, items.Count == 0 ? 0 : ((items[^1].Time + w) / e) + 1)
            .Select(k => items.Where(i => i.Time >= (k * e) - w && i.Time < k * e).Select(i => i.Value).ToList())
            .Where(b => b.Count > 0)
            .ToList();
        Assert.Equal(expected.Count, seen.Count);
        Assert.All(expected.Zip(seen), p => Assert.Equal(p.First, p.Second));
    }).Check(Config);

    private static (List<(int Time, double Value)> Items, List<TResult> Seen) Run<TResult>(
        (byte Wait, short Value)[] steps, Func<IObservable<double>, TestScheduler, IObservable<TResult>> window)
    {
        var scheduler = new TestScheduler();
        var source = new Subject<double>();
        var seen = new List<TResult>();
        var items = new List<(int Time, double Value)>();
        using var subscription = window(source, scheduler).Subscribe(seen.Add);
        foreach (var (wait, value) in steps)
        {
            // Half of the items come together with the one before; now and then one comes after a long silence.
            int pause = wait % 2 == 0 ? 0 : wait > 240 ? 10 * wait : wait % 16;
            if (pause > 0)
            {
                scheduler.AdvanceBy(pause);
            }

            items.Add(((int)scheduler.Clock, value / 8.0));
            source.OnNext(value / 8.0);
        }

        scheduler.AdvanceBy(10_000);
        return (items, seen);
    }

    private static void AssertEqual(List<(int Start, int End, List<double> Values)> expected, List<WindowSummary> seen)
    {
        Assert.Equal(expected.Count, seen.Count);
        foreach (var ((start, end, values), summary) in expected.Zip(seen))
        {
            Assert.Equal((Math.Max(0, start), end), ((int)summary.Start.Ticks, (int)summary.End.Ticks));
            Assert.Equal(values.Count, summary.Count);
            Assert.Equal(values.Sum(), summary.Sum);
            Assert.Equal((values.Min(), values.Max()), (summary.Min, summary.Max));
            Assert.Equal((values[0], values[^1]), (summary.First, summary.Last));
            double mean = values.Average();
            Assert.Equal(mean, summary.Mean, 1e-9);
            Assert.Equal(Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / values.Count), summary.StandardDeviation, 1e-6);
            AssertQuantile(values, 0.5, summary.P50);
            AssertQuantile(values, 0.99, summary.P99);
        }
    }

    private static void AssertQuantile(List<double> values, double q, double actual)
    {
        var sorted = values.Order().ToList();
        double low = sorted[(int)Math.Floor(q * (sorted.Count - 1))];
        double high = sorted[(int)Math.Ceiling(q * (sorted.Count - 1))];
        Assert.InRange(actual, low - (0.0101 * Math.Abs(low)), high + (0.0101 * Math.Abs(high)));
    }
}
