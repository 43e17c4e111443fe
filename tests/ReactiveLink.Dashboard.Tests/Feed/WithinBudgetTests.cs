using System.Reactive;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using Dashboard.Feed;
using Microsoft.Reactive.Testing;
using ReactiveLink.Tests.Support;

namespace ReactiveLink.Dashboard.Tests.Feed;

public sealed class WithinBudgetTests : ReactiveTest
{
    private static readonly Exception Fault = new InvalidOperationException("x");

    private readonly TestScheduler _scheduler = new();

    [Fact]
    public void ArgumentChecking() => Assert.Throws<ArgumentOutOfRangeException>(() => Observable.Never<int>().WithinBudget(0, Observable.Never<Unit>()));

    [Fact]
    public void Never_subscribes_before_the_first_refill()
    {
        var source = _scheduler.CreateHotObservable(OnNext(300, 1));

        var result = _scheduler.Start(() => source.WithinBudget(2, _scheduler.CreateHotObservable<Unit>()));

        Assert.Empty(result.Messages);
        Assert.Empty(source.Subscriptions);
    }

    [Fact]
    public void Leaves_the_source_when_the_budget_is_used_up_and_comes_back_with_the_refill()
    {
        var source = _scheduler.CreateHotObservable(OnNext(220, 1), OnNext(230, 2), OnNext(240, 3), OnNext(260, 4), OnNext(320, 5), OnNext(420, 6));
        var refills = _scheduler.CreateHotObservable(OnNext(210, Unit.Default), OnNext(300, Unit.Default), OnNext(400, Unit.Default));

        var result = _scheduler.Start(() => source.WithinBudget(2, refills));

        // At 300 it comes back; 5 does not use up the budget, so it stays across the refill at 400.
        result.Messages.AssertEqual(OnNext(220, 1), OnNext(230, 2), OnNext(320, 5), OnNext(420, 6));
        source.Subscriptions.AssertEqual(Subscribe(210, 230), Subscribe(300, 1000));
    }

    [Fact]
    public void A_refill_makes_the_budget_whole_but_not_larger()
    {
        var source = _scheduler.CreateHotObservable(OnNext(320, 1), OnNext(330, 2), OnNext(340, 3));
        var refills = _scheduler.CreateHotObservable(OnNext(210, Unit.Default), OnNext(220, Unit.Default), OnNext(300, Unit.Default));

        var result = _scheduler.Start(() => source.WithinBudget(2, refills));

        result.Messages.AssertEqual(OnNext(320, 1), OnNext(330, 2));
        source.Subscriptions.AssertEqual(Subscribe(210, 330));
    }

    [Fact]
    public void Error_and_completion_of_either_leave_the_other()
    {
        foreach (var end in new[] { OnError<int>(300, Fault), OnCompleted<int>(300) })
        {
            var scheduler = new TestScheduler();
            var source = scheduler.CreateHotObservable(end);
            var refills = scheduler.CreateHotObservable(OnNext(210, Unit.Default));
            var result = scheduler.Start(() => source.WithinBudget(2, refills));
            result.Messages.AssertEqual(end);
            refills.Subscriptions.AssertEqual(Subscribe(200, 300));
        }

        foreach (var end in new[] { OnError<Unit>(300, Fault), OnCompleted<Unit>(300) })
        {
            var scheduler = new TestScheduler();
            var source = scheduler.CreateHotObservable<int>();
            var refills = scheduler.CreateHotObservable(OnNext(210, Unit.Default), end);
            var result = scheduler.Start(() => source.WithinBudget(2, refills));
            Assert.Equal(end.Value.Kind, Assert.Single(result.Messages).Value.Kind);
            source.Subscriptions.AssertEqual(Subscribe(210, 300));
        }
    }

    [Fact]
    public void Dispose_leaves_both()
    {
        var source = _scheduler.CreateHotObservable<int>();
        var refills = _scheduler.CreateHotObservable(OnNext(210, Unit.Default));

        _scheduler.Start(() => source.WithinBudget(2, refills), disposed: 500);

        source.Subscriptions.AssertEqual(Subscribe(210, 500));
        refills.Subscriptions.AssertEqual(Subscribe(200, 500));
    }

    [Fact]
    public void A_source_that_uses_up_the_budget_while_it_is_subscribed_to_is_left_all_the_same()
    {
        var subscribed = 0;
        var source = Observable.Create<int>(observer =>
        {
            subscribed++;
            observer.OnNext(1);
            observer.OnNext(2);
            observer.OnNext(3);
            return () => subscribed--;
        });
        var refills = new Subject<Unit>();
        List<int> seen = [];
        using var subscription = source.WithinBudget(2, refills).Subscribe(seen.Add);

        refills.OnNext(Unit.Default);

        Assert.Equal([1, 2], seen);
        Assert.Equal(0, subscribed);
    }

    [Fact]
    public async Task Under_threads_each_refill_gives_its_budget_and_none_gives_more()
    {
        const int Refills = 2000;
        const int Budget = 5;
        var source = new Subject<int>();
        var refills = new Subject<Unit>();
        long seen = 0;
        using var subscription = source.WithinBudget(Budget, refills).Subscribe(_ => Interlocked.Increment(ref seen));
        using var end = new CancellationTokenSource();
        var sender = Task.Run(() =>
        {
            while (!end.IsCancellationRequested)
            {
                source.OnNext(0);
            }
        });

        for (var i = 1; i <= Refills; i++)
        {
            refills.OnNext(Unit.Default);
            var due = (long)i * Budget;
            Assert.True(SpinWait.SpinUntil(() => Interlocked.Read(ref seen) >= due, Deadline.Time), $"refill {i} was not used");
            Assert.Equal(due, Interlocked.Read(ref seen));
        }

        await end.CancelAsync();
        await Deadline.Within(sender);
    }
}
