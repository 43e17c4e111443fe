using System.Reactive;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using Microsoft.Reactive.Testing;

namespace ReactiveLink.Metrics.Tests.Windows;

[Collection(MemoryCollection.Name)]
public sealed class PerKeyTests : ReactiveTest
{
    private static readonly TimeSpan Length = TimeSpan.FromTicks(200);
    private static readonly TimeSpan Every = TimeSpan.FromTicks(100);
    private static readonly WindowOptions NoEmpty = new() { EmitEmpty = false };

    [Fact]
    public void ArgumentChecking()
    {
        var source = Observable.Never<int>();
        Assert.Throws<ArgumentNullException>(() => WindowObservable.PerKey<int, int>(null!, x => x, x => x, Length));
        Assert.Throws<ArgumentNullException>(() => source.PerKey<int, int>(null!, x => x, Length));
        Assert.Throws<ArgumentNullException>(() => source.PerKey(x => x, null!, Length));
        Assert.Throws<ArgumentOutOfRangeException>(() => source.PerKey(x => x, x => x, TimeSpan.Zero));
        Assert.Throws<ArgumentOutOfRangeException>(() => source.PerKey(x => x, x => x, Length, maxKeys: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => source.PerKey(x => x, x => x, Length, idleExpiry: TimeSpan.Zero));
    }

    [Fact]
    public void Never()
    {
        var (messages, subscriptions) = Run([]);
        Assert.Empty(messages);
        subscriptions.AssertEqual(Subscribe(200, 1000));
    }

    [Fact]
    public void Empty()
    {
        var (messages, subscriptions) = Run([OnCompleted<(string, int)>(250)]);
        messages.AssertEqual(OnCompleted<KeyedWindow<string>>(250));
        subscriptions.AssertEqual(Subscribe(200, 250));
    }

    [Fact]
    public void Error()
    {
        var failure = new FormatException();
        var (messages, subscriptions) = Run([OnNext(210, ("a", 1)), OnError<(string, int)>(250, failure)]);
        messages.AssertEqual(OnError<KeyedWindow<string>>(250, failure));
        subscriptions.AssertEqual(Subscribe(200, 250));
    }

    [Fact]
    public void Dispose()
    {
        var (messages, subscriptions) = Run([OnNext(210, ("a", 1))], disposed: 350);
        Assert.Equal([300], messages.Select(m => m.Time));
        subscriptions.AssertEqual(Subscribe(200, 350));
    }

    [Fact]
    public void SelectorThrows()
    {
        var scheduler = new TestScheduler();
        var source = scheduler.CreateHotObservable(OnNext(210, "1"), OnNext(220, "x"));
        var result = scheduler.Start(() => source.PerKey(x => x, x => int.Parse(x, System.Globalization.CultureInfo.InvariantCulture), Length, scheduler: scheduler));
        Assert.Equal((220, NotificationKind.OnError), (result.Messages.Single().Time, result.Messages.Single().Value.Kind));
        source.Subscriptions.AssertEqual(Subscribe(200, 220));
    }

    [Fact]
    public void KeySelectorThrows()
    {
        var failure = new FormatException();
        var scheduler = new TestScheduler();
        var source = scheduler.CreateHotObservable(OnNext(210, 1), OnNext(220, 2));
        var result = scheduler.Start(() => source.PerKey(x => x == 1 ? x : throw failure, x => x, Length, scheduler: scheduler));
        result.Messages.AssertEqual(OnError<KeyedWindow<int>>(220, failure));
        source.Subscriptions.AssertEqual(Subscribe(200, 220));
    }

    [Fact]
    public void Windows_are_half_open()
    {
        var (messages, _) = Run([OnNext(299, ("a", 1)), OnNext(300, ("a", 2)), OnNext(499, ("a", 4)), OnNext(500, ("a", 8))], NoEmpty);
        Assert.Equal([(300, 1.0), (400, 3.0), (500, 6.0), (600, 12.0), (700, 8.0)], messages.Select(m => ((int)m.Time, m.Value.Value.Window.Sum)));
    }

    [Fact]
    public void A_key_that_is_null_is_the_streams_error()
    {
        var (messages, _) = Run([OnNext<(string, int)>(210, (null!, 1))]);
        Assert.IsType<ArgumentNullException>(messages.Single().Value.Exception);
    }

    [Fact]
    public void Each_key_has_its_windows_and_further_keys_share_one()
    {
        var drops = new Subject<WindowDrop>();
        var dropped = new List<WindowDrop>();
        drops.Subscribe(dropped.Add);
        var (messages, subscriptions) = Run(
            [OnNext(210, ("a", 1)), OnNext(220, ("b", 2)), OnNext(230, ("c", 4)), OnNext(240, ("d", 8)), OnNext(310, ("a", 16)), OnCompleted<(string, int)>(320)],
            NoEmpty with { Drops = drops });
        Assert.Equal(
            [(300, "a", 1.0, false), (300, "b", 2.0, false), (300, null, 12.0, true), (320, "a", 17.0, false)],
            messages.SkipLast(1).Select(m => ((int)m.Time, m.Value.Value.Key, m.Value.Value.Window.Sum, m.Value.Value.IsOverflow)));
        Assert.Equal((WindowDropReason.KeyLimit, 2), (dropped.Single().Reason, (int)dropped.Single().Count));
        subscriptions.AssertEqual(Subscribe(200, 320));
    }

    [Fact]
    public void An_idle_key_gives_its_place_back()
    {
        var (messages, _) = Run([OnNext(210, ("a", 1)), OnNext(220, ("b", 2)), OnNext(750, ("c", 4))], NoEmpty);
        Assert.Equal(
            ["300 a 1", "300 b 2", "400 a 1", "400 b 2", "800 c 4", "900 c 4"],
            messages.Select(m => $"{m.Time} {m.Value.Value.Key} {m.Value.Value.Window.Sum}"));
    }

    [Fact]
    public void Ten_million_forged_keys_take_the_memory_of_the_cap()
    {
        const int Keys = 10_000_000;
        var scheduler = new TestScheduler();
        using var source = new Subject<int>();
        long inKeys = 0;
        long inOverflow = 0;
        long refused = 0;
        var options = new WindowOptions { Drops = Observer.Create<WindowDrop>(d => refused += d.Reason == WindowDropReason.KeyLimit ? d.Count : 0) };
        using var subscription = source.PerKey(x => x, x => 1.0, Every, maxKeys: 100, idleExpiry: Every, options: options, scheduler: scheduler).Subscribe(w =>
        {
            inOverflow += w.IsOverflow ? w.Window.Count : 0;
            inKeys += w.IsOverflow ? 0 : w.Window.Count;
        });
        Push(0, 200_000);
        long held = GC.GetTotalMemory(forceFullCollection: true);
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        Push(200_000, Keys);

        // What still grows are the sketches of the places, each once.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - allocated, 0, 2_000_000);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - held, long.MinValue, 20_000_000);
        scheduler.AdvanceBy(100);
        Assert.Equal((Keys, inOverflow), (inKeys + inOverflow, refused));
        Assert.InRange(inKeys, 100, 100 * 101);

        void Push(int from, int to)
        {
            for (int i = from; i < to; i++)
            {
                source.OnNext(i);
                if (i % 100_000 == 99_999)
                {
                    scheduler.AdvanceBy(100);
                }
            }
        }
    }

    [Fact]
    public void Memory_follows_the_panes_that_hold_values()
    {
        // 600 panes a window: a key that was heard of once must not take the room of 600.
        const int Keys = 2000;
        var scheduler = new TestScheduler();
        using var source = new Subject<int>();
        long told = 0;
        using var subscription = source.PerKey(
            x => x, x => x, TimeSpan.FromTicks(600), TimeSpan.FromTicks(1), maxKeys: Keys, idleExpiry: TimeSpan.FromTicks(1), NoEmpty, scheduler: scheduler).Subscribe(_ => told++);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Keys; i++)
        {
            source.OnNext(i);
        }

        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / Keys, 0, 2500);
        scheduler.AdvanceBy(610);
        Assert.Equal(600 * Keys, told);
    }

    [Fact]
    public void Empty_windows_behind_the_clock_are_bounded_and_those_left_out_are_told()
    {
        var dropped = new List<WindowDrop>();
        var options = new WindowOptions { MaximumCatchUp = 5, Drops = Observer.Create<WindowDrop>(dropped.Add) };
        var scheduler = new TestScheduler();
        var seen = new List<KeyedWindow<int>>();
        using var source = new Subject<int>();
        using var subscription = source.PerKey(x => x, x => 1, Every, options: options, idleExpiry: TimeSpan.MaxValue, scheduler: scheduler).Subscribe(seen.Add);
        source.OnNext(1);
        source.OnNext(2);
        scheduler.Sleep(100_000_000_000);
        source.OnNext(3);
        Assert.Equal(["1 100 1", "2 100 1", "1 99999999900 0", "2 99999999900 0", "1 100000000000 0", "2 100000000000 0"], seen.Select(w => $"{w.Key} {w.Window.End.Ticks} {w.Window.Count}"));
        Assert.Equal((WindowDropReason.EmptyWindowsSkipped, (2 * 999_999_999L) - 4), (dropped.Single().Reason, dropped.Single().Count));
    }

    private static (IList<Recorded<Notification<KeyedWindow<string>>>> Messages, IList<Subscription> Subscriptions) Run(
        Recorded<Notification<(string Key, int Value)>>[] items, WindowOptions? options = null, long disposed = 1000)
    {
        var scheduler = new TestScheduler();
        var source = scheduler.CreateHotObservable(items);
        var result = scheduler.Start(
            () => source.PerKey(x => x.Key, x => x.Value, Length, Every, maxKeys: 2, idleExpiry: Length, options, scheduler: scheduler), 100, 200, disposed);
        return (result.Messages, source.Subscriptions);
    }
}
