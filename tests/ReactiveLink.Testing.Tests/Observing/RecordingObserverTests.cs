using System.Reactive.Subjects;
using Microsoft.Reactive.Testing;

namespace ReactiveLink.Testing.Tests.Observing;

public sealed class RecordingObserverTests : ReactiveTest
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    [Fact]
    public void Values_and_times()
    {
        var scheduler = new TestScheduler();
        var source = scheduler.CreateHotObservable(OnNext(210, 1), OnNext(220, 2), OnCompleted<int>(230));
        using var recorder = source.Record(scheduler);
        scheduler.Start();
        Assert.Equal([1, 2], recorder.Values);
        Assert.Equal([210, 220, 230], recorder.Notifications.Select(n => n.At.Ticks));
        Assert.True(recorder.Completed);
        Assert.Null(recorder.Error);
        Assert.Equal("3 notifications came, the last: OnNext(1), OnNext(2), OnCompleted().", recorder.ToString());
        recorder.AssertGrammar();
    }

    [Fact]
    public void Error()
    {
        var failure = new FormatException();
        var recorder = new RecordingObserver<int>();
        recorder.OnError(failure);
        Assert.Same(failure, recorder.Error);
        Assert.False(recorder.Completed);
    }

    [Fact]
    public void Dispose_ends_the_subscription()
    {
        var source = new Subject<int>();
        source.Record().Dispose();
        Assert.False(source.HasObservers);
    }

    [Fact]
    public void Capacity_is_a_bound()
    {
        var recorder = new RecordingObserver<int>(capacity: 2);
        recorder.OnNext(1);
        recorder.OnNext(2);
        recorder.OnNext(3);
        Assert.Equal([1, 2], recorder.Values);
        Assert.Equal(1, recorder.Missed);
        Assert.Throws<ArgumentOutOfRangeException>(() => new RecordingObserver<int>(capacity: 0));
        Assert.Throws<ArgumentNullException>(() => RecordingObserver.Record<int>(null!));
    }

    [Fact]
    public void A_broken_grammar_is_told()
    {
        var recorder = new RecordingObserver<int>();
        recorder.OnCompleted();
        recorder.OnNext(1);
        Assert.Equal(SynchronizationViolation.AfterTerminal, Assert.Single(recorder.Violations).Violation);
        Assert.Contains("OnNext came after a terminal notification", Assert.Throws<TestAssertionException>(recorder.AssertGrammar).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Waiting_ends_when_the_condition_holds()
    {
        var source = new Subject<int>();
        using var recorder = source.Record();
        var three = recorder.WaitForCountAsync(3, Deadline);
        var end = recorder.WaitForEndAsync(Deadline);
        source.OnNext(1);
        source.OnNext(2);
        Assert.False(three.IsCompleted);
        source.OnNext(3);
        await three;
        source.OnCompleted();
        await end;
        await recorder.WaitForAsync(r => r.Values.Contains(2), Deadline);
    }

    [Fact]
    public async Task Waiting_ends_with_the_deadline_of_the_scheduler()
    {
        var scheduler = new TestScheduler();
        var recorder = new RecordingObserver<int>(scheduler);
        recorder.OnNext(7);
        var wait = recorder.WaitForCountAsync(2, TimeSpan.FromTicks(100));
        scheduler.AdvanceTo(99);
        Assert.False(wait.IsCompleted);
        scheduler.AdvanceTo(101);
        var error = await Assert.ThrowsAsync<TimeoutException>(() => wait.WaitAsync(Deadline));
        Assert.Contains("1 notifications came, the last: OnNext(7).", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_condition_may_call_the_recorder_while_another_thread_records()
    {
        var recorder = new RecordingObserver<int>();
        var wait = recorder.WaitForAsync(
            r =>
            {
                Assert.True(Task.Run(() => r.Values.Count).Wait(Deadline));
                return r.Values.Count == 1;
            },
            Deadline);
        recorder.OnNext(1);
        await wait.WaitAsync(Deadline);
    }
}
