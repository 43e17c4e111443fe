using System.Reactive.Disposables;
using System.Reactive.Linq;
using Microsoft.Reactive.Testing;

namespace ReactiveLink.Testing.Tests.Observing;

public sealed class ValidateSynchronizationTests : ReactiveTest
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    [Fact]
    public void ArgumentChecking()
    {
        Assert.Throws<ArgumentNullException>(() => ValidateSynchronizationObservable.ValidateSynchronization<int>(null!));
        Assert.Throws<ArgumentNullException>(() => Observable.Never<int>().ValidateSynchronization().Subscribe((IObserver<int>)null!));
    }

    [Fact]
    public void Never()
    {
        var scheduler = new TestScheduler();
        var source = scheduler.CreateHotObservable<int>();
        Assert.Empty(scheduler.Start(() => source.ValidateSynchronization()).Messages);
        source.Subscriptions.AssertEqual(Subscribe(200, 1000));
    }

    [Fact]
    public void Empty()
    {
        var scheduler = new TestScheduler();
        var source = scheduler.CreateHotObservable(OnNext(210, 1), OnCompleted<int>(250));
        scheduler.Start(() => source.ValidateSynchronization()).Messages.AssertEqual(OnNext(210, 1), OnCompleted<int>(250));
    }

    [Fact]
    public void Error()
    {
        var failure = new FormatException();
        var scheduler = new TestScheduler();
        var source = scheduler.CreateHotObservable(OnError<int>(250, failure));
        scheduler.Start(() => source.ValidateSynchronization()).Messages.AssertEqual(OnError<int>(250, failure));
    }

    [Fact]
    public void Dispose()
    {
        var source = new RawSource();
        var got = new RecordingObserver<int>();
        source.ValidateSynchronization().Subscribe(got).Dispose();
        source.Observer!.OnNext(1);
        source.Observer.OnCompleted();
        source.Observer.OnNext(1);
        Assert.True(source.Disposed);
        Assert.Empty(got.Notifications);
    }

    [Fact]
    public void ObserverThrows_goes_to_the_producer_and_is_no_violation()
    {
        var source = new RawSource();
        var failure = new FormatException();
        var seen = 0;
        source.ValidateSynchronization().Subscribe(_ =>
        {
            if (++seen == 1)
            {
                throw failure;
            }
        });
        Assert.Same(failure, Assert.Throws<FormatException>(() => source.Observer!.OnNext(1)));
    }

    [Fact]
    public void Re_entrancy_ends_the_stream_after_the_one_in_progress()
    {
        var source = new RawSource();
        var order = new List<string>();
        source.ValidateSynchronization().Subscribe(
            x =>
            {
                order.Add($"in {x}");
                source.Observer!.OnNext(x + 1);
                order.Add($"out {x}");
            },
            error => order.Add(((SynchronizationException)error).Violation.ToString()));

        source.Observer!.OnNext(1);
        source.Observer.OnNext(5);

        Assert.Equal(["in 1", "out 1", "Reentrancy"], order);
        Assert.True(source.Disposed);
    }

    [Theory]
    [InlineData("OnNext")]
    [InlineData("OnError")]
    [InlineData("OnCompleted")]
    public async Task Overlap_is_found_on_two_threads(string second)
    {
        var source = new RawSource();
        using var inside = new ManualResetEventSlim();
        using var release = new ManualResetEventSlim();
        var got = new RecordingObserver<int>();
        source.ValidateSynchronization().Do(_ =>
        {
            inside.Set();
            release.Wait(Deadline);
        }).Subscribe(got);

        var first = Task.Run(() => source.Observer!.OnNext(1));
        Assert.True(inside.Wait(Deadline));
        Send(source.Observer!, second);
        Assert.Empty(got.Notifications);
        release.Set();
        await first.WaitAsync(Deadline);

        var error = Assert.IsType<SynchronizationException>(got.Error);
        Assert.Equal((SynchronizationViolation.Overlap, second), (error.Violation, error.Notification));
        Assert.Contains(nameof(Overlap_is_found_on_two_threads), error.Message, StringComparison.Ordinal);
        Assert.Equal([1], got.Values);
        got.AssertGrammar();
    }

    [Theory]
    [InlineData("OnNext")]
    [InlineData("OnError")]
    [InlineData("OnCompleted")]
    public void After_a_terminal_one_the_producer_is_told(string second)
    {
        var source = new RawSource();
        var got = new RecordingObserver<int>();
        source.ValidateSynchronization().Subscribe(got);
        source.Observer!.OnCompleted();

        var error = Assert.Throws<SynchronizationException>(() => Send(source.Observer, second));

        Assert.Equal((SynchronizationViolation.AfterTerminal, second), (error.Violation, error.Notification));
        Assert.Single(got.Notifications);
    }

    [Fact]
    public void With_a_callback_the_stream_goes_on()
    {
        var source = new RawSource();
        var found = new List<SynchronizationViolation>();
        var got = new List<int>();
        source.ValidateSynchronization(violation => found.Add(violation.Violation)).Subscribe(x =>
        {
            got.Add(x);
            if (x == 1)
            {
                source.Observer!.OnNext(2);
            }
        });

        source.Observer!.OnNext(1);
        source.Observer.OnNext(3);
        source.Observer.OnCompleted();
        source.Observer.OnNext(4);

        Assert.Equal([SynchronizationViolation.Reentrancy, SynchronizationViolation.AfterTerminal], found);
        Assert.Equal([1, 2, 3], got);
    }

    [Theory]
    [InlineData(200, 50)]
    [InlineData(1000, 1)]
    public async Task Every_one_of_many_races_is_told_once(int rounds, int items)
    {
        // Two threads at a time without any serialization: each round ends with exactly one error, or with none if they did not meet.
        for (var round = 0; round < rounds; round++)
        {
            var source = new RawSource();
            var terminals = 0;
            var inside = 0;
            var broken = 0;
            var passed = 0;
            source.ValidateSynchronization().Subscribe(
                _ =>
                {
                    broken += Interlocked.Increment(ref inside) == 1 ? 0 : 1;
                    Interlocked.Increment(ref passed);
                    Thread.SpinWait(100);
                    Interlocked.Decrement(ref inside);
                },
                _ =>
                {
                    broken += Volatile.Read(ref inside) == 0 ? 0 : 1;
                    Interlocked.Increment(ref terminals);
                });
            using var start = new Barrier(2);
            var tasks = Enumerable.Range(0, 2).Select(_ => Task.Run(() =>
            {
                start.SignalAndWait(Deadline);
                for (var i = 0; i < items; i++)
                {
                    try
                    {
                        source.Observer!.OnNext(i);
                    }
                    catch (SynchronizationException)
                    {
                        // Told to the one who came after the end.
                    }
                }
            }));
            await Task.WhenAll(tasks).WaitAsync(Deadline);

            // Either all came through, or the first that did not was told of.
            Assert.Equal((0, true), (broken, passed == 2 * items ? terminals == 0 : terminals == 1));
        }
    }

    private static void Send(IObserver<int> observer, string notification)
    {
        switch (notification)
        {
            case "OnNext":
                observer.OnNext(2);
                break;
            case "OnError":
                observer.OnError(new FormatException());
                break;
            default:
                observer.OnCompleted();
                break;
        }
    }

    /// <summary>A source that does whatever it is told, also what it must not.</summary>
    private sealed class RawSource : IObservable<int>
    {
        public IObserver<int>? Observer { get; private set; }

        public bool Disposed { get; private set; }

        public IDisposable Subscribe(IObserver<int> observer)
        {
            Observer = observer;
            return Disposable.Create(() => Disposed = true);
        }
    }
}
