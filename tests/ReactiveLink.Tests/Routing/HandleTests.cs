using System.Reactive;
using System.Reactive.Disposables;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using Microsoft.Reactive.Testing;
using static ReactiveLink.Tests.Routing.HandlerBench;

namespace ReactiveLink.Tests.Routing;

public sealed class HandleTests : ReactiveTest
{
    private readonly TestScheduler _scheduler = new();
    private readonly List<(long Time, int Item)> _handled = [];
    private readonly ITestableObserver<Fault> _faults;

    public HandleTests() => _faults = _scheduler.CreateObserver<Fault>();

    [Fact]
    public void ArgumentChecking()
    {
        var source = Observable.Never<int>();

        Assert.Throws<ArgumentNullException>(() => default(IObservable<int>)!.Handle(_ => { }));
        Assert.Throws<ArgumentNullException>(() => default(IObservable<int>)!.Handle(_ => Task.CompletedTask));
        Assert.Throws<ArgumentNullException>(() => default(IObservable<int>)!.Handle((_, _) => ValueTask.CompletedTask));
        Assert.Throws<ArgumentNullException>(() => source.Handle(default(Action<int>)!));
        Assert.Throws<ArgumentNullException>(() => source.Handle(default(Func<int, Task>)!));
        Assert.Throws<ArgumentNullException>(() => source.Handle(default(Func<int, CancellationToken, ValueTask>)!));
        Assert.Throws<ArgumentException>(() => source.Handle(_ => { }, new() { Capacity = 0 }));
    }

    [Fact]
    public void Never()
    {
        var source = _scheduler.CreateHotObservable<int>();

        using var subscription = source.Handle(Note, faults: _faults, scheduler: _scheduler);
        _scheduler.Start();

        Assert.Empty(_handled);
        Assert.Equal(new RouteStatistics("handler", 0, 0, 0, 0, 0, 0, 0, 0), subscription.GetStatistics());
        source.Subscriptions.AssertEqual(Subscribe(0));
    }

    [Fact]
    public void Empty()
    {
        var source = _scheduler.CreateHotObservable(OnCompleted<int>(250));

        using var subscription = source.Handle(Note, faults: _faults, scheduler: _scheduler);
        _scheduler.Start();

        Assert.Empty(_faults.Messages);
        source.Subscriptions.AssertEqual(Subscribe(0, 250));
    }

    [Fact]
    public void Error()
    {
        var error = new InvalidOperationException();
        var source = _scheduler.CreateHotObservable(OnNext(210, 1), OnError<int>(210, error), OnNext(220, 2));

        using var subscription = source.Handle(Note, new() { Name = "mine" }, _faults, _scheduler);
        _scheduler.Start();

        Assert.Equal([(211, 1)], _handled);
        var fault = Assert.Single(_faults.Messages);
        Assert.Equal(210, fault.Time);
        Assert.Equal((FaultReason.SourceFailed, "mine"), (fault.Value.Value.Reason, fault.Value.Value.Detail));
        Assert.Same(error, fault.Value.Value.Exception);
        source.Subscriptions.AssertEqual(Subscribe(0, 210));
    }

    [Fact]
    public void Error_without_faults_is_thrown_as_Rx_does()
    {
        using var source = new Subject<int>();
        using var subscription = source.Handle(Note, scheduler: _scheduler);
        source.OnNext(1);

        Assert.Throws<InvalidOperationException>(() => source.OnError(new InvalidOperationException()));

        _scheduler.Start();
        Assert.Equal([1], _handled.Select(h => h.Item));
    }

    [Fact]
    public void Dispose()
    {
        var source = _scheduler.CreateHotObservable(OnNext(210, 1), OnNext(230, 2), OnNext(250, 3));
        var subscription = source.Handle(Note, faults: _faults, scheduler: _scheduler);

        _scheduler.AdvanceTo(230);
        subscription.Dispose();
        subscription.Dispose();
        _scheduler.Start();

        Assert.Equal([(211, 1)], _handled);
        Assert.Equal(new RouteStatistics("handler", 2, 1, 0, 0, 1, 0, 0, 0), subscription.GetStatistics());
        source.Subscriptions.AssertEqual(Subscribe(0, 230));
    }

    [Fact]
    public void Dispose_inside_the_handler()
    {
        HandlerSubscription? subscription = null;
        var source = _scheduler.CreateHotObservable(OnNext(210, 1), OnNext(220, 2));
        subscription = source.Handle(
            item =>
            {
                Note(item);
                subscription!.Dispose();
            },
            faults: _faults,
            scheduler: _scheduler);

        _scheduler.Start();

        Assert.Equal([(211, 1)], _handled);
        source.Subscriptions.AssertEqual(Subscribe(0, 211));
    }

    [Fact]
    public void SelectorThrows()
    {
        var error = new InvalidOperationException();
        var source = _scheduler.CreateHotObservable(OnNext(210, 1), OnNext(220, 2), OnNext(230, 3), OnNext(240, 4));

        using var subscription = source.Handle(
            item =>
            {
                Note(item);
                return item == 2 ? throw error : item == 3 ? Task.FromException(error) : Task.CompletedTask;
            },
            faults: _faults,
            scheduler: _scheduler);
        _scheduler.Start();

        Assert.Equal([(211, 1), (221, 2), (231, 3), (241, 4)], _handled);
        Assert.Equal([221, 231], _faults.Messages.Select(m => m.Time));
        Assert.All(_faults.Messages, m => Assert.Equal(FaultReason.HandlerFailed, m.Value.Value.Reason));
        Assert.Equal(new RouteStatistics("handler", 4, 2, 2, 0, 0, 0, 0, 0), subscription.GetStatistics());
    }

    [Fact]
    public void Completion_lets_what_waits_be_handled()
    {
        List<TaskCompletionSource> started = [];
        var source = _scheduler.CreateHotObservable(OnNext(210, 1), OnNext(210, 2), OnCompleted<int>(210));

        using var subscription = source.Handle(
            (item, _) =>
            {
                Note(item);
                started.Add(new TaskCompletionSource());
                return new ValueTask(started[^1].Task);
            },
            new() { Concurrency = 1 },
            _faults,
            _scheduler);
        _scheduler.AdvanceTo(300);
        Inline(() => started[0].SetResult());
        _scheduler.AdvanceTo(400);

        Assert.Equal([(211, 1), (301, 2)], _handled);
        source.Subscriptions.AssertEqual(Subscribe(0, 210));
    }

    [Fact]
    public void Timeout_and_overflow_are_faults()
    {
        var source = _scheduler.CreateHotObservable(OnNext(210, 1), OnNext(220, 2), OnNext(230, 3));

        using var subscription = source.Handle(
            (_, _) => new ValueTask(new TaskCompletionSource().Task),
            new() { Concurrency = 1, Capacity = 1, Timeout = TimeSpan.FromTicks(100) },
            _faults,
            _scheduler);
        _scheduler.Start();

        Assert.Equal([230, 311], _faults.Messages.Select(m => m.Time));
        Assert.Equal([FaultReason.QueueFull, FaultReason.HandlerTimeout], _faults.Messages.Select(m => m.Value.Value.Reason));
    }

    [Fact]
    public void Latest_per_key_of_any_type()
    {
        var source = new[] { "a1", "b1", "a2", "a3" }.ToObservable();
        List<string> handled = [];

        using var subscription = source.Handle(
            handled.Add, new() { Overflow = OverflowPolicy.LatestPerKey, LatestKey = text => text[..1] }, _faults, _scheduler);
        _scheduler.Start();

        Assert.Equal(["a3", "b1"], handled);
        Assert.Equal(2, _faults.Messages.Count);
    }

    [Fact]
    public void An_asynchronous_lambda_is_awaited()
    {
        var source = Observable.Return(1);
        var gate = new TaskCompletionSource();

        using var subscription = source.Handle(async _ => await gate.Task, scheduler: _scheduler);
        _scheduler.AdvanceBy(10);

        Assert.Equal(1, subscription.GetStatistics().Running);
        gate.SetResult();
        Until(() => subscription.GetStatistics().Handled == 1);
    }

    [Fact]
    public void A_source_whose_subscribe_throws_leaves_nothing_behind()
    {
        var source = Observable.Create<int>(new Func<IObserver<int>, IDisposable>(_ => throw new InvalidOperationException()));

        Assert.Throws<InvalidOperationException>(() => source.Handle(Note, scheduler: _scheduler));
    }

    [Fact]
    public void A_source_that_goes_on_after_dispose_or_end_is_not_heard()
    {
        IObserver<int>? observer = null;
        var source = new Rude(o => observer = o);

        var subscription = source.Handle(Note, faults: _faults, scheduler: _scheduler);
        observer!.OnCompleted();
        observer.OnNext(1);
        observer.OnError(new InvalidOperationException());
        observer.OnCompleted();
        _scheduler.Start();

        Assert.Empty(_handled);
        Assert.Empty(_faults.Messages);
        Assert.Equal(0, subscription.GetStatistics().Offered);
    }

    [Fact]
    public void Faults_of_many_threads_are_serialized()
    {
        using var source = new Subject<int>();
        var inside = 0;
        var overlaps = 0;
        var count = 0;
        var faults = Observer.Create<Fault>(_ =>
        {
            overlaps += Interlocked.Increment(ref inside) == 1 ? 0 : 1;
            count++;
            Interlocked.Decrement(ref inside);
        });
        using var subscription = source.Handle(
            async _ =>
            {
                await Task.Yield();
                throw new InvalidOperationException();
            },
            faults: faults);

        for (var i = 0; i < 500; i++)
        {
            source.OnNext(i);
        }

        Until(() => Volatile.Read(ref count) == 500);
        Assert.Equal(0, overlaps);
        Assert.Equal(500, subscription.GetStatistics().Failed);
    }

    private void Note(int item) => _handled.Add((_scheduler.Clock, item));

    /// <summary>A source that keeps no grammar and cannot be unsubscribed.</summary>
    private sealed class Rude(Action<IObserver<int>> subscribed) : IObservable<int>
    {
        public IDisposable Subscribe(IObserver<int> observer)
        {
            subscribed(observer);
            return Disposable.Empty;
        }
    }
}
