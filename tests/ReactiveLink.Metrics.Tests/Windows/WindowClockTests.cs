using System.Reactive.Linq;
using System.Reactive.Subjects;
using Microsoft.Reactive.Testing;

namespace ReactiveLink.Metrics.Tests.Windows;

/// <summary>What all operators make of the clock: it may be set under them, they set one timer, and a slow observer makes them late but never wrong.</summary>
public sealed class WindowClockTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly long Begin = DateTimeOffset.UnixEpoch.AddYears(50).UtcTicks;

    public static TheoryData<string> Operators { get; } = new("tumbling", "sliding", "count", "session", "buffer by time", "buffer by both", "per key", "event time");

    [Theory]
    [MemberData(nameof(Operators))]
    public void A_clock_that_is_set_by_ten_years_changes_nothing(string name)
    {
        var expected = Run(name, _ => TimeSpan.Zero);
        Assert.True(expected.Count > 20);
        Assert.Equal(expected, Run(name, i => i < 50 ? TimeSpan.Zero : TimeSpan.FromDays(3652)));
        Assert.Equal(expected, Run(name, i => i < 50 ? TimeSpan.Zero : -TimeSpan.FromDays(3652)));
        Assert.Equal(expected, Run(name, i => i * (i % 2 == 0 ? 1 : -1) * TimeSpan.FromDays(36)));
    }

    [Theory]
    [MemberData(nameof(Operators))]
    public void There_is_one_timer(string name)
    {
        var time = new TestScheduler();
        time.AdvanceTo(Begin);
        var scheduler = new SteppedScheduler(time);
        using var source = new Subject<int>();
        using (Create(name, source, scheduler).Subscribe(_ => { }))
        {
            for (int i = 0; i < 1000; i++)
            {
                source.OnNext(i);
                Assert.InRange(scheduler.Pending, 0, 1);
                time.AdvanceBy((Second * 0.07).Ticks);
                Assert.InRange(scheduler.Pending, 0, 1);
            }
        }

        Assert.Equal(0, scheduler.Pending);
        Assert.False(source.HasObservers);
    }

    [Theory]
    [InlineData("tumbling")]
    [InlineData("sliding")]
    [InlineData("buffer by time")]
    [InlineData("per key")]
    public void Ten_thousand_ticks_do_not_drift_under_a_slow_observer(string name)
    {
        var time = new TestScheduler();
        time.AdvanceTo(Begin);
        using var source = new Subject<int>();
        var seen = new List<(long Time, string Text)>();
        using var subscription = Create(name, source, new SteppedScheduler(time)).Subscribe(text =>
        {
            seen.Add((time.Clock - Begin, text));

            // Its work takes 0.653 s each time, and now and then so long that 30 ticks are missed.
            time.Sleep((Second * (seen.Count % 1000 == 0 ? 30 : 0.653)).Ticks);
        });
        source.OnNext(1);
        time.AdvanceTo(Begin + (Second * 10_000).Ticks);
        Assert.Equal(10_000, seen.Count);
        Assert.Equal(0, seen[9990].Time % Second.Ticks);
        if (name != "buffer by time")
        {
            Assert.All(seen.Select((s, i) => (s.Text, Expected: Second * (i + 1))), s => Assert.Contains($" {s.Expected.Ticks} ", s.Text, StringComparison.Ordinal));
        }
    }

    private static List<string> Run(string name, Func<int, TimeSpan> step)
    {
        var time = new TestScheduler();
        time.AdvanceTo(Begin);
        var scheduler = new SteppedScheduler(time);
        var random = new Random(11);
        using var source = new Subject<int>();
        var seen = new List<string>();
        using var subscription = Create(name, source, scheduler).Subscribe(text => seen.Add($"{time.Clock - Begin}: {text}"));
        for (int i = 0; i < 200; i++)
        {
            scheduler.Step = step(i);
            source.OnNext((int)((time.Clock - Begin) / 1000));
            time.AdvanceBy(random.Next(20_000_000));
        }

        source.OnCompleted();
        return seen;
    }

    // Items are the time at which they came, in tenths of milliseconds.
    private static IObservable<string> Create(string name, IObservable<int> source, SteppedScheduler scheduler) => name switch
    {
        "tumbling" => source.TumblingWindow(x => x, Second, scheduler: scheduler).Select(Text),
        "sliding" => source.SlidingWindow(x => x, Second * 3, Second, scheduler: scheduler).Select(Text),
        "count" => source.CountWindow(x => x, 6, 4, scheduler: scheduler).Select(Text),
        "session" => source.SessionWindow(x => x, Second, scheduler: scheduler).Select(Text),
        "buffer by time" => source.BufferWindow(Second, scheduler: scheduler).Select(b => string.Join('+', b)),
        "buffer by both" => source.BufferWindow(Second * 3, 2, scheduler: scheduler).Select(b => string.Join('+', b)),
        "per key" => source.PerKey(x => x % 3, x => x, Second * 3, Second, idleExpiry: TimeSpan.FromDays(1), scheduler: scheduler).Select(w => $"{w.Key} {Text(w.Window)}"),
        _ => source.EventTimeWindow(x => x, x => new DateTimeOffset(Begin + (x * 1000L), TimeSpan.Zero), Second * 3, Second, scheduler: scheduler).Select(Text),
    };

    private static string Text(WindowSummary w) => FormattableString.Invariant($"{w.Start.UtcTicks - Begin} {w.End.UtcTicks - Begin} {w.Count} {w.Sum}");
}
