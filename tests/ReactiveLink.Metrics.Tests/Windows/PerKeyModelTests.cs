using System.Reactive;
using System.Reactive.Subjects;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Reactive.Testing;

namespace ReactiveLink.Metrics.Tests.Windows;

/// <summary>Keyed windows against a model that keeps every item and goes through every end of a window: cap, overflow, expiry, catching up, completion.</summary>
public sealed class PerKeyModelTests
{
    [Fact]
    public void Equals_the_model()
    {
        var models = new List<Model>();
        Prop.ForAll<(byte Wait, byte Key, short Value)[], (byte Length, byte Every, byte Others), (byte Cap, byte Expiry)>(
            (steps, first, second) => models.Add(Compare(steps, first, second))).Check(Config.QuickThrowOnFailure.WithMaxTest(10_000).WithEndSize(40));

        // The streams are such that each of these happens often.
        Assert.All(
            [
                models.Sum(m => m.Refused), models.Sum(m => m.Skipped), models.Sum(m => m.Expired), models.Sum(m => m.Told.Count(t => t.Key is null)),
                models.Sum(m => m.Told.Count(t => t.IsPartial)), models.Sum(m => m.Told.Count(t => t.Values.Count == 0)),
            ],
            times => Assert.True(times > 20, $"{times} times"));
    }

    private static Model Compare((byte Wait, byte Key, short Value)[] steps, (byte Length, byte Every, byte Others) first, (byte Cap, byte Expiry) second)
    {
        var model = new Model
        {
            Length = 1 + (first.Length % 60),
            Every = 1 + (first.Every % 30),
            Cap = 1 + (second.Cap % 4),
            Expiry = 1 + (second.Expiry % 50),
            EmitEmpty = first.Others % 2 == 0,
            MaximumCatchUp = first.Others % 8 < 4 ? first.Others % 3 : 10_000,
        };
        var scheduler = new TestScheduler();
        using var source = new Subject<(int Key, double Value)>();
        var dropped = new Dictionary<WindowDropReason, long>();
        var seen = new List<(long Time, KeyedWindow<string> Window)>();
        bool ended = false;
        source.PerKey(
                i => $"{i.Key}",
                i => i.Value,
                TimeSpan.FromTicks(model.Length),
                TimeSpan.FromTicks(model.Every),
                model.Cap,
                TimeSpan.FromTicks(model.Expiry),
                new WindowOptions
                {
                    AlignToSubscription = true,
                    EmitEmpty = model.EmitEmpty,
                    MaximumCatchUp = model.MaximumCatchUp,
                    Drops = Observer.Create<WindowDrop>(d => dropped[d.Reason] = dropped.GetValueOrDefault(d.Reason) + d.Count),
                },
                scheduler: scheduler)
            .Subscribe(w => seen.Add((scheduler.Clock, w)), () => ended = true);

        foreach (var (wait, key, value) in steps)
        {
            // Half of the items come together with the one before; now and then the timer is late, or nothing comes for long.
            int pause = wait % 2 == 0 ? 0 : wait > 200 ? wait / 2 : wait % 16;
            if (pause > 0 && wait % 3 == 0)
            {
                scheduler.Sleep(4 * pause);
            }
            else if (pause > 0)
            {
                model.PassTo((int)scheduler.Clock + pause);
                scheduler.AdvanceBy(pause);
            }

            var item = (key % 6, value % 50 == 7 ? double.NaN : value / 8.0);
            model.Take((int)scheduler.Clock, $"{item.Item1}", item.Item2);
            source.OnNext(item);
        }

        if (first.Others % 3 == 0)
        {
            model.PassTo((int)scheduler.Clock + 200);
            scheduler.AdvanceBy(200);
        }

        model.Finish((int)scheduler.Clock);
        source.OnCompleted();
        Assert.True(ended);
        Assert.Equal(model.Refused, dropped.GetValueOrDefault(WindowDropReason.KeyLimit));
        Assert.Equal(model.Skipped, dropped.GetValueOrDefault(WindowDropReason.EmptyWindowsSkipped));

        // At one moment and end, keys come in no particular order.
        var expected = model.Told.OrderBy(t => t.Time).ThenBy(t => t.End).ThenBy(t => t.Key, StringComparer.Ordinal).ToList();
        var actual = seen.OrderBy(s => s.Time).ThenBy(s => s.Window.Window.End).ThenBy(s => s.Window.Key, StringComparer.Ordinal).ToList();
        Assert.Equal(
            expected.Select(t => (t.Time, Math.Max(0, t.End - model.Length), t.End, t.Key, t.Key is null, t.IsPartial)),
            actual.Select(s => ((int)s.Time, (int)s.Window.Window.Start.Ticks, (int)s.Window.Window.End.Ticks, s.Window.Key, s.Window.IsOverflow, s.Window.Window.IsPartial)));
        foreach (var (told, (_, window)) in expected.Zip(actual))
        {
            ModelFigures.AssertEqual(told.Values, window.Window);
        }

        return model;
    }

    private sealed class Model
    {
        // The overflow series has the key "".
        private readonly Dictionary<string, List<(int Time, double Value)>> _series = [];
        private int _end;

        public required int Length { get; init; }

        public required int Every { get; init; }

        public required int Cap { get; init; }

        public required int Expiry { get; init; }

        public required bool EmitEmpty { get; init; }

        public required int MaximumCatchUp { get; init; }

        public List<(int Time, int End, string? Key, List<double> Values, bool IsPartial)> Told { get; } = [];

        public long Refused { get; private set; }

        public long Skipped { get; private set; }

        public long Expired { get; private set; }

        public void Take(int now, string key, double value)
        {
            Advance(now, now);
            if (!_series.ContainsKey(key) && _series.Keys.Count(k => k.Length > 0) == Cap)
            {
                key = "";
                Refused++;
            }

            _series.TryAdd(key, []);
            _series[key].Add((now, value));
        }

        // The timer comes at each end.
        public void PassTo(int time)
        {
            for (int now = _end; now <= time; now++)
            {
                Advance(now, now);
            }
        }

        public void Finish(int now)
        {
            Advance(now, now);
            foreach (var (key, items) in _series)
            {
                // Something was never told, and is in the next window.
                if (items.Exists(i => i.Time >= _end) && In(items, _end + Every).Count > 0)
                {
                    Tell(now, _end + Every, key, isPartial: true);
                }
            }
        }

        private void Advance(int now, int time)
        {
            int empty = 0;
            while (_end + Every <= now)
            {
                int end = _end + Every;
                if (end + Every <= now && _series.Values.All(items => In(items, end).Count == 0))
                {
                    // All that is left is empty: the last ones are told, as many as the bound allows.
                    int left = 0;
                    for (int e = end; e <= now; e += Every)
                    {
                        left += EmitEmpty ? _series.Values.Count(items => e - items[^1].Time < Expiry) : 0;
                    }

                    while (end <= now && (!EmitEmpty || left > Math.Max(0, MaximumCatchUp - empty)))
                    {
                        int leftOut = EmitEmpty ? _series.Values.Count(items => end - items[^1].Time < Expiry) : 0;
                        (left, Skipped) = (left - leftOut, Skipped + leftOut);
                        Expire(end);
                        end += Every;
                    }

                    _end = end - Every;
                    if (end > now)
                    {
                        return;
                    }
                }

                _end = end;
                Expire(end);
                foreach (var (key, items) in _series)
                {
                    bool isEmpty = In(items, end).Count == 0;
                    if (!isEmpty || EmitEmpty)
                    {
                        empty += isEmpty ? 1 : 0;
                        Tell(time, end, key, end - Length < 0);
                    }
                }
            }
        }

        private void Expire(int end)
        {
            foreach (var (key, items) in _series.Where(s => In(s.Value, end).Count == 0 && end - s.Value[^1].Time >= Expiry).ToList())
            {
                _series.Remove(key);
                Expired++;
            }
        }

        private void Tell(int time, int end, string key, bool isPartial) => Told.Add((time, end, key.Length == 0 ? null : key, In(_series[key], end), isPartial));

        private List<double> In(List<(int Time, double Value)> items, int end) => [.. items.Where(i => i.Time >= end - Length && i.Time < end).Select(i => i.Value)];
    }
}
