using System.Diagnostics.Metrics;
using System.Reactive.Linq;
using Microsoft.Reactive.Testing;

namespace ReactiveLink.Metrics.Tests.Interop;

public sealed class MeterObservableTests : IDisposable
{
    private readonly TestScheduler _scheduler = new();
    private readonly Meter _meter = new("Test." + Guid.NewGuid());

    public void Dispose() => _meter.Dispose();

    [Fact]
    public void ArgumentChecking()
    {
        Assert.Throws<ArgumentNullException>(() => MeterObservable.FromMeter(null!));
        Assert.Throws<ArgumentNullException>(() => MeterObservable.FromInstruments(null!));
        Assert.Throws<ArgumentOutOfRangeException>(() => MeterObservable.FromMeter("m", TimeSpan.Zero));
        Assert.Throws<ArgumentOutOfRangeException>(() => MeterObservable.FromMeter("m", capacity: 0));
        Assert.Throws<ArgumentNullException>(() => MeterObservable.FromMeter("m").Subscribe(null!));
    }

    [Fact]
    public void Measurements_of_every_number_type_with_their_tags()
    {
        var seen = new List<(string Name, double Value, string Tags)>();
        var early = _meter.CreateCounter<int>("early");
        using var subscription = MeterObservable.FromMeter(_meter.Name, scheduler: _scheduler).Subscribe(m => seen.Add((m.Instrument.Name, m.Value, m.Tags.ToString())));
        early.Add(1, new("b", 2), new("a", null));
        _meter.CreateHistogram<decimal>("late").Record(2.5m);
        _meter.CreateHistogram<float>("f").Record(0.5f);
        _meter.CreateCounter<byte>("y").Add(7);

        Assert.Equal([("early", 1, "{a=, b=2}"), ("late", 2.5, ""), ("f", 0.5, ""), ("y", 7, "")], seen);
    }

    [Fact]
    public void Observable_instruments_are_read_at_the_interval_and_one_that_throws_hinders_no_other()
    {
        var reads = 0;
        _meter.CreateObservableGauge<int>("bad", new Func<int>(() => throw new InvalidOperationException()));
        _meter.CreateObservableGauge("good", () => ++reads);
        var observer = _scheduler.CreateObserver<double>();
        using var subscription = MeterObservable.FromMeter(_meter.Name, TimeSpan.FromSeconds(2), _scheduler).Select(m => m.Value).Subscribe(observer);
        _scheduler.AdvanceBy(TimeSpan.FromSeconds(5).Ticks);

        observer.Messages.AssertEqual(ReactiveTest.OnNext(TimeSpan.FromSeconds(2).Ticks, 1.0), ReactiveTest.OnNext(TimeSpan.FromSeconds(4).Ticks, 2.0));
    }

    [Fact]
    public void Every_kind_of_instrument_in_every_number_type()
    {
        var seen = new List<string>();
        using var subscription = MeterObservable.FromMeter(_meter.Name, TimeSpan.FromSeconds(1), _scheduler)
            .Subscribe(m => seen.Add(FormattableString.Invariant($"{m.Instrument.Name} {m.Instrument.GetType().Name[..^2]} {m.Value}")));
        AddKinds<byte>(1);
        AddKinds<short>(-2);
        AddKinds(3);
        AddKinds(-4L);
        AddKinds(0.5f);
        AddKinds(double.NaN);
        AddKinds(7.25m);
        _scheduler.AdvanceBy(TimeSpan.FromSeconds(1).Ticks);

        string[] kinds = ["Counter", "UpDownCounter", "Histogram", "Gauge", "ObservableCounter", "ObservableUpDownCounter", "ObservableGauge"];
        (string Type, string Value)[] types =
            [("Byte", "1"), ("Int16", "-2"), ("Int32", "3"), ("Int64", "-4"), ("Single", "0.5"), ("Double", "NaN"), ("Decimal", "7.25")];
        Assert.Equal(
            types.SelectMany(type => kinds.Select(kind => $"{type.Type} {kind} {type.Value}")).Order(StringComparer.Ordinal), seen.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Only_what_is_chosen_is_enabled_and_each_instrument_is_asked_of_once()
    {
        var asked = new List<string>();
        var early = (_meter.CreateCounter<int>("early.no"), _meter.CreateCounter<int>("early.yes"));
        var seen = new List<string>();
        using var subscription = MeterObservable
            .FromInstruments(
                instrument =>
                {
                    if (instrument.Meter == _meter)
                    {
                        asked.Add(instrument.Name);
                    }

                    return instrument.Meter == _meter && instrument.Name.EndsWith(".yes", StringComparison.Ordinal);
                },
                scheduler: _scheduler)
            .Subscribe(m => seen.Add(m.Instrument.Name));
        var late = (_meter.CreateCounter<int>("late.no"), _meter.CreateCounter<int>("late.yes"));
        foreach (var counter in (Counter<int>[])[early.Item1, early.Item2, late.Item1, late.Item2])
        {
            Assert.Equal(counter.Name.EndsWith(".yes", StringComparison.Ordinal), counter.Enabled);
            counter.Add(1);
        }

        Assert.Equal(["early.no", "early.yes", "late.no", "late.yes"], asked.Order(StringComparer.Ordinal));
        Assert.Equal(["early.yes", "late.yes"], seen);
    }

    [Fact]
    public void A_disposed_meter_falls_silent_and_a_later_one_of_its_name_is_heard()
    {
        var seen = new List<double>();
        var reads = 0;
        using var subscription = MeterObservable.FromMeter(_meter.Name, TimeSpan.FromSeconds(1), _scheduler).Subscribe(m => seen.Add(m.Value));
        var counter = _meter.CreateCounter<int>("c");
        _meter.CreateObservableGauge("g", () => ++reads);
        counter.Add(10);
        _meter.Dispose();
        counter.Add(11);
        _scheduler.AdvanceBy(TimeSpan.FromSeconds(2).Ticks);
        using var again = new Meter(_meter.Name);
        again.CreateCounter<int>("c").Add(12);

        Assert.Equal(0, reads);
        Assert.Equal([10, 12], seen);
    }

    [Fact]
    public void A_subscription_from_within_OnNext_and_a_disposal_too()
    {
        var counter = _meter.CreateCounter<int>("c");
        var inner = new List<double>();
        var outer = new List<double>();
        var source = MeterObservable.FromMeter(_meter.Name, scheduler: _scheduler);
        IDisposable? second = null;
        IDisposable? first = null;
        first = source.Subscribe(m =>
        {
            outer.Add(m.Value);
            second = source.Subscribe(n => inner.Add(n.Value));
            counter.Add(2);
            first!.Dispose();
        });
        counter.Add(1);
        counter.Add(3);
        second!.Dispose();

        Assert.Equal([1], outer);

        // Whether a listener that comes during a measurement hears of it is the runtime's to say.
        Assert.Equal([2, 3], inner.Where(value => value != 1));
    }

    [Fact]
    public void Dispose_ends_it()
    {
        var counter = _meter.CreateCounter<int>("c");
        var observer = _scheduler.CreateObserver<MeterMeasurement>();
        var subscription = MeterObservable.FromMeter(_meter.Name, scheduler: _scheduler).Subscribe(observer);
        Assert.True(counter.Enabled);
        subscription.Dispose();
        counter.Add(1);
        _scheduler.Start();

        Assert.Empty(observer.Messages);
        Assert.False(counter.Enabled);
    }

    [Fact]
    public void SelectorThrows()
    {
        var observer = _scheduler.CreateObserver<MeterMeasurement>();
        var error = new InvalidOperationException();
        using var subscription = MeterObservable.FromInstruments(i => i.Meter == _meter ? throw error : false, scheduler: _scheduler).Subscribe(observer);
        _meter.CreateCounter<int>("c").Add(1);

        observer.Messages.AssertEqual(ReactiveTest.OnError<MeterMeasurement>(0, error));
    }

    [Fact]
    public void Hostile_tags_are_cut_and_never_throw_into_the_code_that_records()
    {
        var counter = _meter.CreateCounter<int>("c");
        MetricTags? tags = null;
        using var subscription = MeterObservable.FromMeter(_meter.Name, scheduler: _scheduler).Subscribe(m => tags = m.Tags);
        counter.Add(1, [new("", 1), new("a", 1), new("a", 2), new("t", new Throwing()), .. Enumerable.Range(0, 100).Select(i => new KeyValuePair<string, object?>("k" + i, new string('x', 10_000)))]);

        Assert.Equal(MetricTags.MaximumCount, tags!.Count);
        Assert.True(tags.TryGetValue("a", out var value) && value == "2");
        Assert.True(tags.TryGetValue("k0", out var cut) && cut.Length == MetricTags.MaximumValueLength);
    }

    [Fact]
    public async Task The_runtimes_own_instruments_are_streams_too()
    {
        var measurement = await MeterObservable.FromMeter("System.Runtime", TimeSpan.FromMilliseconds(10))
            .Where(m => m.Instrument.Name == "dotnet.gc.heap.total_allocated").FirstAsync().Timeout(TimeSpan.FromSeconds(20));

        Assert.True(measurement.Value > 0);
    }

    private void AddKinds<T>(T value)
        where T : struct
    {
        var type = typeof(T).Name;
        _meter.CreateCounter<T>(type).Add(value);
        _meter.CreateUpDownCounter<T>(type).Add(value);
        _meter.CreateHistogram<T>(type).Record(value);
        _meter.CreateGauge<T>(type).Record(value);
        _meter.CreateObservableCounter(type, () => value);
        _meter.CreateObservableUpDownCounter(type, () => value);
        _meter.CreateObservableGauge(type, () => value);
    }

    private sealed class Throwing
    {
        public override string ToString() => throw new InvalidOperationException();
    }
}
