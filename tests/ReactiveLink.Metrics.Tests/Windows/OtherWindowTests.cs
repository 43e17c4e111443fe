using System.Reactive;
using System.Reactive.Linq;
using Microsoft.Reactive.Testing;

namespace ReactiveLink.Metrics.Tests.Windows;

/// <summary>The fixed cases of all operators but the sliding and keyed ones, which have files of their own.</summary>
public sealed class OtherWindowTests : ReactiveTest
{
    private static readonly TimeSpan Span = TimeSpan.FromTicks(100);
    private static readonly WindowOptions NoEmpty = new() { EmitEmpty = false };

    public static TheoryData<string> Operators { get; } = new("tumbling", "count", "session", "buffer by time", "buffer by count", "buffer by both");

    [Fact]
    public void ArgumentChecking()
    {
        var source = Observable.Never<double>();
        Assert.Throws<ArgumentNullException>(() => WindowObservable.TumblingWindow(null!, Span));
        Assert.Throws<ArgumentOutOfRangeException>(() => source.TumblingWindow(TimeSpan.Zero));
        Assert.Throws<ArgumentNullException>(() => WindowObservable.CountWindow(null!, 1));
        Assert.Throws<ArgumentNullException>(() => source.CountWindow((Func<double, double>)null!, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => source.CountWindow(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => source.CountWindow(1, -1));
        Assert.Throws<ArgumentNullException>(() => WindowObservable.SessionWindow(null!, Span));
        Assert.Throws<ArgumentNullException>(() => source.SessionWindow((Func<double, double>)null!, Span));
        Assert.Throws<ArgumentOutOfRangeException>(() => source.SessionWindow(TimeSpan.Zero));
        Assert.Throws<ArgumentNullException>(() => WindowObservable.BufferWindow<int>(null!, Span));
        Assert.Throws<ArgumentNullException>(() => WindowObservable.BufferWindow<int>(null!, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => source.BufferWindow(Span, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => source.BufferWindow(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => source.BufferWindow(11, options: new WindowOptions { MaximumItems = 10 }));
    }

    [Theory]
    [MemberData(nameof(Operators))]
    public void Never(string name)
    {
        var (messages, subscriptions) = Run(name);
        Assert.Empty(messages);
        subscriptions.AssertEqual(Subscribe(200, 1000));
    }

    [Theory]
    [MemberData(nameof(Operators))]
    public void Empty(string name)
    {
        var (messages, subscriptions) = Run(name, OnCompleted<double>(250));
        messages.AssertEqual(OnCompleted<string>(250));
        subscriptions.AssertEqual(Subscribe(200, 250));
    }

    [Theory]
    [MemberData(nameof(Operators))]
    public void Error(string name)
    {
        var failure = new FormatException();
        var (messages, subscriptions) = Run(name, OnNext(210, 1.0), OnError<double>(250, failure));
        messages.AssertEqual(OnError<string>(250, failure));
        subscriptions.AssertEqual(Subscribe(200, 250));
    }

    [Theory]
    [MemberData(nameof(Operators))]
    public void Dispose(string name)
    {
        var scheduler = new TestScheduler();
        var source = scheduler.CreateHotObservable(OnNext(210, 1.0));
        var result = scheduler.Start(() => Create(name, source, scheduler), 100, 200, 220);
        Assert.Empty(result.Messages);
        source.Subscriptions.AssertEqual(Subscribe(200, 220));
    }

    [Theory]
    [InlineData("tumbling", "300 1+2+4", "400 8", "460 16")]
    [InlineData("count", "299 1+2", "300 4+8", "450 16")]
    [InlineData("session", "400 1+2+4+8", "450 16")]
    [InlineData("buffer by time", "300 1+2+4", "400 8", "450 16")]
    [InlineData("buffer by count", "220 1+2", "300 4+8", "450 16")]
    [InlineData("buffer by both", "220 1+2", "300 4", "400 8", "450 16")]
    public void Windows(string name, params string[] expected)
    {
        var (messages, subscriptions) = Run(
            name, OnNext(210, 1.0), OnNext(220, 2.0), OnNext(299, 4.0), OnNext(300, 8.0), OnNext(440, 16.0), OnCompleted<double>(450));
        string[] sums = [.. expected.Select(e => name is "tumbling" or "count" or "session" ? Summed(e) : e).Select(e => e[4..])];
        Assert.Equal(sums, messages.SkipLast(1).Select(m => m.Value.Value));
        Assert.Equal(OnCompleted<string>(450), messages[^1]);
        subscriptions.AssertEqual(Subscribe(200, 450));
    }

    [Theory]
    [InlineData("tumbling")]
    [InlineData("count")]
    [InlineData("session")]
    public void SelectorThrows(string name)
    {
        var failure = new FormatException();
        var scheduler = new TestScheduler();
        var source = scheduler.CreateHotObservable(OnNext(210, 1.0));
        Func<double, double> selector = _ => throw failure;
        var result = scheduler.Start(() => name switch
        {
            "tumbling" => source.TumblingWindow(selector, Span, scheduler: scheduler),
            "count" => source.CountWindow(selector, 2, scheduler: scheduler),
            _ => source.SessionWindow(selector, Span, scheduler: scheduler),
        });
        result.Messages.AssertEqual(OnError<WindowSummary>(210, failure));
        source.Subscriptions.AssertEqual(Subscribe(200, 210));
    }

    [Theory]
    [InlineData("tumbling", 300)]
    [InlineData("count", 220)]
    [InlineData("session", 320)]
    public void AggregatorThrows(string name, long at)
    {
        var failure = new FormatException();
        var scheduler = new TestScheduler();
        var source = scheduler.CreateHotObservable(OnNext(210, 1.0), OnNext(220, 2.0));
        var aggregator = new Throwing(failure);
        var result = scheduler.Start(() => name switch
        {
            "tumbling" => source.TumblingWindow(aggregator, Span, scheduler: scheduler),
            "count" => source.CountWindow(aggregator, 2, scheduler: scheduler),
            _ => source.SessionWindow(aggregator, Span, scheduler: scheduler),
        });
        result.Messages.AssertEqual(OnError<WindowResult<double>>(at, failure));
        source.Subscriptions.AssertEqual(Subscribe(200, at));
    }

    [Fact]
    public void ArgumentChecking_with_an_aggregator()
    {
        var source = Observable.Never<double>();
        var aggregator = new Throwing(new FormatException());
        Assert.Throws<ArgumentNullException>(() => WindowObservable.TumblingWindow(null!, aggregator, Span));
        Assert.Throws<ArgumentNullException>(() => source.TumblingWindow((IWindowAggregator<double, double, double>)null!, Span));
        Assert.Throws<ArgumentOutOfRangeException>(() => source.TumblingWindow(aggregator, TimeSpan.Zero));
        Assert.Throws<ArgumentNullException>(() => WindowObservable.CountWindow(null!, aggregator, 1));
        Assert.Throws<ArgumentNullException>(() => source.CountWindow((IWindowAggregator<double, double, double>)null!, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => source.CountWindow(aggregator, 0));
        Assert.Throws<ArgumentNullException>(() => WindowObservable.SessionWindow(null!, aggregator, Span));
        Assert.Throws<ArgumentNullException>(() => source.SessionWindow((IWindowAggregator<double, double, double>)null!, Span));
        Assert.Throws<ArgumentOutOfRangeException>(() => source.SessionWindow(aggregator, TimeSpan.Zero));
    }

    [Fact]
    public void A_buffer_is_capped_and_says_what_it_left_out()
    {
        var scheduler = new TestScheduler();
        var source = scheduler.CreateHotObservable(OnNext(210, 1), OnNext(220, 2), OnNext(230, 3), OnNext(310, 4));
        var dropped = new List<WindowDrop>();
        var options = NoEmpty with { MaximumItems = 2, Drops = Observer.Create<WindowDrop>(dropped.Add) };
        var result = scheduler.Start(() => source.BufferWindow(Span, options: options, scheduler: scheduler));
        Assert.Equal([[1, 2], [4]], result.Messages.Select(m => m.Value.Value));
        Assert.Equal([(WindowDropReason.BufferFull, 1L)], dropped.Select(d => (d.Reason, d.Count)));
    }

    private static string Summed(string text) =>
        text[..4] + text[4..].Split('+').Sum(v => double.Parse(v, System.Globalization.CultureInfo.InvariantCulture)).ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static (IList<Recorded<Notification<string>>> Messages, IList<Subscription> Subscriptions) Run(string name, params Recorded<Notification<double>>[] items)
    {
        var scheduler = new TestScheduler();
        var source = scheduler.CreateHotObservable(items);
        var result = scheduler.Start(() => Create(name, source, scheduler));
        return (result.Messages, source.Subscriptions);
    }

    private static IObservable<string> Create(string name, IObservable<double> source, TestScheduler scheduler) => name switch
    {
        "tumbling" => source.TumblingWindow(Span, NoEmpty, scheduler).Select(w => FormattableString.Invariant($"{w.Sum}")),
        "count" => source.CountWindow(2, scheduler: scheduler).Select(w => FormattableString.Invariant($"{w.Sum}")),
        "session" => source.SessionWindow(Span, scheduler: scheduler).Select(w => FormattableString.Invariant($"{w.Sum}")),
        "buffer by time" => source.BufferWindow(Span, options: NoEmpty, scheduler: scheduler).Select(b => string.Join('+', b)),
        "buffer by count" => source.BufferWindow(2, scheduler: scheduler).Select(b => string.Join('+', b)),
        _ => source.BufferWindow(Span, 2, NoEmpty, scheduler).Select(b => string.Join('+', b)),
    };

    private sealed class Throwing(Exception failure) : IWindowAggregator<double, double, double>
    {
        public double Create() => 0;

        public double Add(double accumulator, double value) => accumulator + value;

        public double Merge(double older, double newer) => older + newer;

        public double Result(double accumulator) => throw failure;
    }
}
