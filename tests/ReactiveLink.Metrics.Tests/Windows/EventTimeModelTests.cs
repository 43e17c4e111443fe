using System.Globalization;
using System.Reactive;
using System.Reactive.Subjects;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Reactive.Testing;

namespace ReactiveLink.Metrics.Tests.Windows;

/// <summary>Event time against a model that keeps every item and looks at every window, on random streams: disorder, gaps, lateness, the future, idleness, NaN.</summary>
public sealed class EventTimeModelTests
{
    private static readonly long Epoch = DateTimeOffset.UnixEpoch.UtcTicks;

    [Fact]
    public void Equals_the_model()
    {
        var models = new List<EventTimeModel>();
        Prop.ForAll<(byte Wait, byte Shift, short Value)[], (byte Length, byte Every, byte Disorder), (byte Lateness, byte Others, byte Idle)>(
            (steps, first, second) => models.Add(Compare(steps, first, second))).Check(Config.QuickThrowOnFailure.WithMaxTest(10_000).WithEndSize(40));

        // The streams are such that each of these happens often.
        Assert.All(
            [
                models.Sum(m => m.Late.Count), models.Sum(m => m.Future), models.Sum(m => m.Skipped), models.Sum(m => m.Told.Count(t => t.Revision > 1)),
                models.Sum(m => m.Told.Count(t => t.IsPartial)), models.Sum(m => m.Told.Count(t => t.Items.Count == 0)), models.Sum(m => m.ToldIdle),
            ],
            times => Assert.True(times > 20, $"{times} times"));
    }

    private static EventTimeModel Compare(
        (byte Wait, byte Shift, short Value)[] steps, (byte Length, byte Every, byte Disorder) first, (byte Lateness, byte Others, byte Idle) second)
    {
        var model = new EventTimeModel
        {
            Length = 1 + (first.Length % 60),
            Every = 1 + (first.Every % 30),
            Disorder = first.Disorder % 25,
            Lateness = second.Lateness % 3 == 0 ? 0 : 2 * (second.Lateness % 40),
            Ahead = second.Others % 3 == 0 ? null : 20,
            EmitEmpty = second.Others % 2 == 0,
            MaximumCatchUp = second.Others % 8 < 4 ? second.Others % 3 : 10_000,
            Idle = second.Idle % 3 == 0 ? null : 1 + (second.Idle % 50),
        };
        var scheduler = new TestScheduler();
        scheduler.AdvanceTo(Epoch - 100);
        using var source = new Subject<Item>();
        var late = new List<Item>();
        var dropped = new Dictionary<WindowDropReason, long>();
        var drops = Observer.Create<WindowDrop>(d => dropped[d.Reason] = dropped.GetValueOrDefault(d.Reason) + d.Count);
        var seen = new List<(long Time, WindowSummary Window)>();
        var joined = new List<(long Time, WindowResult<string> Window)>();
        bool ended = false;
        var eventTime = new EventTimeOptions
        {
            Disorder = TimeSpan.FromTicks(model.Disorder),
            AllowedLateness = TimeSpan.FromTicks(model.Lateness),
            MaximumAhead = model.Ahead is { } ahead ? TimeSpan.FromTicks(ahead) : null,
            IdleTimeout = model.Idle is { } idle ? TimeSpan.FromTicks(idle) : null,
        };
        var options = new WindowOptions { EmitEmpty = model.EmitEmpty, MaximumCatchUp = model.MaximumCatchUp };
        var (length, every) = (TimeSpan.FromTicks(model.Length), TimeSpan.FromTicks(model.Every));
        source.EventTimeWindow(i => i.Value, At, length, every, eventTime, Observer.Create<Item>(late.Add), options with { Drops = drops }, scheduler)
            .Subscribe(w => seen.Add((scheduler.Clock - Epoch, w)), () => ended = true);
        source.EventTimeWindow(new Join(), At, length, every, eventTime, null, options, scheduler).Subscribe(w => joined.Add((scheduler.Clock - Epoch, w)));

        foreach (var (wait, shift, value) in steps)
        {
            // Half of the items come together with the one before; now and then one comes after a long silence.
            int pause = wait % 2 == 0 ? 0 : wait > 245 ? 2 * wait : wait % 16;
            if (pause > 0)
            {
                scheduler.AdvanceBy(pause);
            }

            // Most timestamps are near the clock, some far behind, a few far ahead.
            long now = scheduler.Clock - Epoch;
            int offset = shift % 16 == 0 ? 60 + shift : shift % 4 == 0 ? -(shift / 2) : (shift % 20) - 15;
            var item = new Item(now + offset, value % 50 == 7 ? double.NaN : value / 8.0);
            model.Take(now, item);
            source.OnNext(item);
        }

        if (second.Others % 4 != 0)
        {
            scheduler.AdvanceBy(400);
        }

        model.Finish(scheduler.Clock - Epoch);
        source.OnCompleted();
        Assert.True(ended);
        Assert.Equal(model.Late, late);
        Assert.Equal(model.Late.Count, dropped.GetValueOrDefault(WindowDropReason.Late));
        Assert.Equal(model.Future, dropped.GetValueOrDefault(WindowDropReason.Future));
        Assert.Equal(model.Skipped, dropped.GetValueOrDefault(WindowDropReason.EmptyWindowsSkipped));
        Assert.Equal(
            model.Told.Select(t => (t.Time, t.End - model.Length, t.End, t.Items.Count, Text(t.Items), t.IsPartial, t.Revision)),
            joined.Select(j => (j.Time, j.Window.Start.UtcTicks - Epoch, j.Window.End.UtcTicks - Epoch, (int)j.Window.Count, j.Window.Value, j.Window.IsPartial, j.Window.Revision)));
        Assert.Equal(
            model.Told.Select(t => (t.Time, t.End - model.Length, t.End, t.IsPartial, t.Revision)),
            seen.Select(s => (s.Time, s.Window.Start.UtcTicks - Epoch, s.Window.End.UtcTicks - Epoch, s.Window.IsPartial, s.Window.Revision)));
        foreach (var (told, (_, window)) in model.Told.Zip(seen))
        {
            ModelFigures.AssertEqual(told.Items.ConvertAll(i => i.Value), window);
        }

        return model;
    }

    private static DateTimeOffset At(Item item) => DateTimeOffset.UnixEpoch.AddTicks(item.Time);

    private static string Text(List<Item> items) => string.Concat(items.Select(Text));

    private static string Text(Item item) => string.Create(CultureInfo.InvariantCulture, $"{item.Time}:{item.Value} ");

    internal sealed record Item(long Time, double Value);

    private sealed class Join : IWindowAggregator<Item, string, string>
    {
        public string Create() => "";

        public string Add(string accumulator, Item value) => accumulator + Text(value);

        public string Merge(string older, string newer) => older + newer;

        public string Result(string accumulator) => accumulator;
    }

    private sealed class EventTimeModel
    {
        private readonly List<Item> _kept = [];
        private readonly Dictionary<long, int> _revisions = [];
        private bool _started;
        private long _newest;
        private long _watermark;
        private long _lastArrival;

        public required long Length { get; init; }

        public required long Every { get; init; }

        public required long Disorder { get; init; }

        public required long Lateness { get; init; }

        public required long? Ahead { get; init; }

        public required long? Idle { get; init; }

        public required bool EmitEmpty { get; init; }

        public required int MaximumCatchUp { get; init; }

        public List<(long Time, long End, List<Item> Items, bool IsPartial, int Revision)> Told { get; } = [];

        public List<Item> Late { get; } = [];

        public long Future { get; private set; }

        public long Skipped { get; private set; }

        public long ToldIdle { get; private set; }

        public void Take(long now, Item item)
        {
            BeIdleUntil(now);
            if (item.Time - now > Ahead)
            {
                Future++;
                return;
            }

            GoOn(now);
            _lastArrival = now;
            if (!_started)
            {
                (_started, _newest, _watermark) = (true, item.Time, item.Time - Disorder);
            }

            _newest = Math.Max(_newest, item.Time);
            MoveTo(_newest - Disorder, now);
            long[] ends = [.. Ends(item.Time, item.Time + Length)];
            if (ends.Length > 0 && ends[^1] + Lateness <= _watermark)
            {
                Late.Add(item);
                return;
            }

            if (ends.Length > 0)
            {
                _kept.Add(item);
            }

            foreach (long end in ends.Where(e => e <= _watermark && e + Lateness > _watermark))
            {
                Tell(now, end, isPartial: false);
            }
        }

        public void Finish(long now)
        {
            BeIdleUntil(now);
            GoOn(now);
            TellAll(_watermark, _kept.Count == 0 ? _watermark : Math.Max(_watermark, LastEnd()), now, arePartial: true);
        }

        private void BeIdleUntil(long now)
        {
            while (_started && Idle is { } idle && Ends(_watermark, LastEnd()).Where(e => In(e).Count > 0).Cast<long?>().FirstOrDefault() is { } end
                && _lastArrival + Math.Max(idle, end - (_newest - Disorder)) is var due && due <= now)
            {
                GoOn(due);
            }
        }

        private void GoOn(long now)
        {
            if (_started && now - _lastArrival >= Idle && _kept.Count > 0)
            {
                int told = Told.Count;
                MoveTo(Math.Min(_newest - Disorder + now - _lastArrival, LastEnd()), now);
                ToldIdle += Told.Count - told;
            }
        }

        private void MoveTo(long watermark, long now)
        {
            if (watermark > _watermark)
            {
                TellAll(_watermark, watermark, now, arePartial: false);
                _watermark = watermark;
            }
        }

        private void TellAll(long after, long until, long now, bool arePartial)
        {
            int empty = 0;
            var run = new Queue<long>();
            long newest = _kept.Count == 0 ? long.MinValue : _kept.Max(i => i.Time);
            foreach (long end in Ends(after, until))
            {
                if (In(end).Count > 0)
                {
                    TellRun();
                    Tell(now, end, arePartial);
                }
                else if (EmitEmpty && newest >= end && Told.Count > 0)
                {
                    run.Enqueue(end);
                }
            }

            TellRun();

            void TellRun()
            {
                for (; run.Count > Math.Max(0, MaximumCatchUp - empty); Skipped++)
                {
                    run.Dequeue();
                }

                empty += run.Count;
                while (run.TryDequeue(out long end))
                {
                    Tell(now, end, arePartial);
                }
            }
        }

        private void Tell(long now, long end, bool isPartial)
        {
            int revision = _revisions.TryGetValue(end, out int last) ? last + 1 : 0;
            _revisions[end] = revision;
            Told.Add((now, end, In(end), isPartial, revision));
        }

        // By pane, and within a pane by arrival.
        private List<Item> In(long end)
        {
            long pane = (long)System.Numerics.BigInteger.GreatestCommonDivisor(Length, Every);
            return [.. _kept.Where(i => i.Time >= end - Length && i.Time < end).OrderBy(i => Math.Floor((double)i.Time / pane))];
        }

        private long LastEnd() => _kept.Count == 0 ? long.MinValue : Ends(_kept.Max(i => i.Time), _kept.Max(i => i.Time) + Length).Last();

        private IEnumerable<long> Ends(long after, long until)
        {
            for (long end = (long)Math.Floor((double)after / Every) * Every; end <= until; end += Every)
            {
                if (end > after)
                {
                    yield return end;
                }
            }
        }
    }
}
