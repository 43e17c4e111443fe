using System.Reactive;
using System.Reactive.Subjects;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Reactive.Testing;

namespace ReactiveLink.Metrics.Tests.Windows;

/// <summary>Each operator against a model in a few lines, on random streams with coincident timestamps, gaps, NaN and completion at any moment.</summary>
public sealed class WindowModelTests
{
    private static readonly Config Config = Config.QuickThrowOnFailure.WithMaxTest(10_000).WithEndSize(40);

    [Fact]
    public void Sliding_and_tumbling_windows() => Prop.ForAll<(byte Wait, short Value)[], (byte Length, byte Every), (bool EmitEmpty, byte Tail)>((steps, lengths, rest) =>
    {
        int w = 1 + (lengths.Length % 60);
        int e = lengths.Every % 7 == 0 ? w : 1 + (lengths.Every % 30);
        var (items, ended, seen) = Run(steps, rest.Tail, (source, scheduler) => source.SlidingWindow(
            TimeSpan.FromTicks(w), TimeSpan.FromTicks(e), new WindowOptions { AlignToSubscription = true, EmitEmpty = rest.EmitEmpty }, scheduler));
        var expected = Ends(e, ended)
            .Select(end => new Window(end - w, end, In(items, end - w, end), end < w))
            .Where(b => rest.EmitEmpty || b.Values.Count > 0)
            .ToList();
        int next = ((ended / e) + 1) * e;
        if (items.Exists(i => i.Time >= next - e) && In(items, next - w, next).Count > 0)
        {
            expected.Add(new Window(next - w, next, In(items, next - w, next), true));
        }

        AssertEqual(expected, seen);
    }).Check(Config);

    [Fact]
    public void Count_windows() => Prop.ForAll<(byte Wait, short Value)[], (byte Size, byte Step), byte>((steps, sizes, tail) =>
    {
        int n = 1 + (sizes.Size % 20);
        int s = 1 + (sizes.Step % 20);
        var (items, ended, seen) = Run(steps, tail, (source, scheduler) => source.CountWindow(n, s, scheduler: scheduler));
        var expected = Enumerable.Range(1, items.Count / s)
            .Select(k => items.Take(k * s).TakeLast(n).ToList())
            .Select(b => new Window(b[0].Time, b[^1].Time, b.ConvertAll(i => i.Value), b.Count < n))
            .ToList();
        if (items.Count % s != 0)
        {
            // What is left is told with as many of those before it as whole panes of a window leave room for.
            int pane = (int)System.Numerics.BigInteger.GreatestCommonDivisor(n, s);
            int open = items.Count % pane == 0 ? pane : items.Count % pane;
            var last = items.TakeLast(open + n - pane).ToList();
            expected.Add(new Window(last[0].Time, ended, last.ConvertAll(i => i.Value), true));
        }

        AssertEqual(expected, seen);
    }).Check(Config);

    [Fact]
    public void Session_windows() => Prop.ForAll<(byte Wait, short Value)[], PositiveInt, byte>((steps, gap, tail) =>
    {
        int g = 1 + (gap.Get % 60);
        var (items, ended, seen) = Run(steps, tail, (source, scheduler) => source.SessionWindow(TimeSpan.FromTicks(g), scheduler: scheduler));
        var expected = new List<Window>();
        foreach (var (time, value) in items)
        {
            if (expected.Count == 0 || time >= expected[^1].End)
            {
                expected.Add(new Window(time, 0, [], false));
            }

            expected[^1] = expected[^1] with { End = time + g, Values = [.. expected[^1].Values, value] };
        }

        if (expected.Count > 0 && expected[^1].End > ended)
        {
            expected[^1] = expected[^1] with { End = ended, IsPartial = true };
        }

        AssertEqual(expected, seen);
    }).Check(Config);

    [Fact]
    public void Buffers_by_time() => Prop.ForAll<(byte Wait, short Value)[], (byte Length, byte Every, byte Cap), (bool EmitEmpty, byte Tail)>((steps, lengths, rest) =>
    {
        int w = 1 + (lengths.Length % 60);
        int e = lengths.Every % 7 == 0 ? w : 1 + (lengths.Every % 30);
        int cap = lengths.Cap % 2 == 0 ? 1000 : 1 + (lengths.Cap % 12);
        int pane = (int)System.Numerics.BigInteger.GreatestCommonDivisor(w, e);
        var drops = new Drops();
        var (items, ended, seen) = Run(steps, rest.Tail, (source, scheduler) => source.BufferWindow(
            TimeSpan.FromTicks(w), TimeSpan.FromTicks(e), drops.Told(new WindowOptions { AlignToSubscription = true, EmitEmpty = rest.EmitEmpty, MaximumItems = cap }), scheduler));

        // An item is held until its pane is in no window to come: at most the cap of them.
        var held = new List<(int Time, double Value)>();
        foreach (var item in items)
        {
            int now = item.Time / pane * pane;
            if (held.Count(i => (i.Time / pane * pane) > now - w) < cap)
            {
                held.Add(item);
            }
        }

        var expected = Ends(e, ended).Select(end => In(held, end - w, end)).Where(b => rest.EmitEmpty || b.Count > 0).ToList();
        int next = ((ended / e) + 1) * e;
        if (held.Exists(i => i.Time >= next - e) && In(held, next - w, next).Count > 0)
        {
            expected.Add(In(held, next - w, next));
        }

        Assert.Equal(expected, seen);
        Assert.Equal(items.Count - held.Count, drops.Full);
    }).Check(Config);

    [Fact]
    public void Buffers_by_count() => Prop.ForAll<(byte Wait, short Value)[], (byte Size, byte Step), byte>((steps, sizes, tail) =>
    {
        int n = 1 + (sizes.Size % 20);
        int s = sizes.Step % 7 == 0 ? n : 1 + (sizes.Step % 20);
        var drops = new Drops();
        var (items, _, seen) = Run(steps, tail, (source, scheduler) => source.BufferWindow(n, s, drops.Told(new WindowOptions { MaximumItems = n }), scheduler));
        var values = items.ConvertAll(i => i.Value);
        var expected = Enumerable.Range(1, values.Count / s).Select(k => values.Take(k * s).TakeLast(n).ToList()).ToList();
        if (values.Count % s != 0)
        {
            int pane = (int)System.Numerics.BigInteger.GreatestCommonDivisor(n, s);
            int open = values.Count % pane == 0 ? pane : values.Count % pane;
            expected.Add([.. values.TakeLast(open + n - pane)]);
        }

        Assert.Equal(expected, seen);
        Assert.Equal(0, drops.Full);
    }).Check(Config);

    [Fact]
    public void Buffers_by_time_or_count() => Prop.ForAll<(byte Wait, short Value)[], (byte Length, byte Size, byte Cap), (bool EmitEmpty, byte Tail)>((steps, lengths, rest) =>
    {
        int w = 1 + (lengths.Length % 60);
        int n = 1 + (lengths.Size % 8);
        int cap = lengths.Cap % 2 == 0 ? 1000 : 1 + (lengths.Cap % 8);
        var drops = new Drops();
        var (items, ended, seen) = Run(steps, rest.Tail, (source, scheduler) => source.BufferWindow(
            TimeSpan.FromTicks(w), n, drops.Told(new WindowOptions { AlignToSubscription = true, EmitEmpty = rest.EmitEmpty, MaximumItems = cap }), scheduler));
        var expected = new List<List<double>>();
        var open = new List<double>();
        int full = 0;
        int end = w;
        foreach (var (time, value) in items)
        {
            CloseUntil(time);
            if (open.Count == cap)
            {
                full++;
                continue;
            }

            open.Add(value);
            if (open.Count == n)
            {
                Close();
            }
        }

        CloseUntil(ended);
        if (open.Count > 0)
        {
            Close();
        }

        Assert.Equal(expected, seen);
        Assert.Equal(full, drops.Full);

        void CloseUntil(int time)
        {
            for (; end <= time; end += w)
            {
                if (open.Count > 0 || rest.EmitEmpty)
                {
                    Close();
                }
            }
        }

        void Close()
        {
            expected.Add([.. open]);
            open.Clear();
        }
    }).Check(Config);

    // A stream that completes: sometimes with its last item, sometimes later.
    private static (List<(int Time, double Value)> Items, int Ended, List<TResult> Seen) Run<TResult>(
        (byte Wait, short Value)[] steps, byte tail, Func<IObservable<double>, TestScheduler, IObservable<TResult>> window)
    {
        var scheduler = new TestScheduler();
        using var source = new Subject<double>();
        var seen = new List<TResult>();
        var items = new List<(int Time, double Value)>();
        bool ended = false;
        using var subscription = window(source, scheduler).Subscribe(seen.Add, () => ended = true);
        foreach (var (wait, value) in steps)
        {
            // Half of the items come together with the one before; now and then one comes after a long silence, or the timer is late.
            int pause = wait % 2 == 0 ? 0 : wait > 240 ? 10 * wait : wait % 16;
            if (pause > 0 && wait % 3 == 0)
            {
                scheduler.Sleep(pause);
            }
            else if (pause > 0)
            {
                scheduler.AdvanceBy(pause);
            }

            double number = value % 50 == 7 ? double.NaN : value / 8.0;
            items.Add(((int)scheduler.Clock, number));
            source.OnNext(number);
        }

        if (tail % 128 > 0)
        {
            scheduler.AdvanceBy(tail % 128);
        }

        source.OnCompleted();
        Assert.True(ended);
        Assert.False(source.HasObservers);
        return (items, (int)scheduler.Clock, seen);
    }

    private static IEnumerable<int> Ends(int every, int until) => Enumerable.Range(1, until / every).Select(k => k * every);

    private static List<double> In(List<(int Time, double Value)> items, int start, int end) => [.. items.Where(i => i.Time >= start && i.Time < end).Select(i => i.Value)];

    private static void AssertEqual(List<Window> expected, List<WindowSummary> seen)
    {
        Assert.Equal(
            expected.Select(w => (Math.Max(0, w.Start), w.End, w.IsPartial)),
            seen.Select(s => ((int)s.Start.Ticks, (int)s.End.Ticks, s.IsPartial)));
        foreach (var (window, summary) in expected.Zip(seen))
        {
            ModelFigures.AssertEqual(window.Values, summary);
        }
    }

    private sealed record Window(int Start, int End, List<double> Values, bool IsPartial);

    private sealed class Drops
    {
        public long Full { get; private set; }

        public WindowOptions Told(WindowOptions options) => options with
        {
            Drops = Observer.Create<WindowDrop>(d => Full += d.Reason == WindowDropReason.BufferFull ? d.Count : 0),
        };
    }
}
