using System.Reactive.Concurrency;
using ReactiveLink.Testing;

namespace ReactiveLink.Simulation;

/// <summary>What a run writes down: a digest of all that came out, what is violated, and which streams are still open.</summary>
internal sealed class Journal(HistoricalScheduler scheduler)
{
    private const int MostViolations = 20;

    private readonly DateTimeOffset _start = scheduler.Now;
    private readonly HashSet<string> _open = new(StringComparer.Ordinal);
    private int _streams;

    public Digest Digest { get; } = new();

    public List<Violation> Violations { get; } = [];

    /// <summary>Counts of what happened, for the totals of a campaign.</summary>
    public RunCounts Counts { get; } = new();

    public TimeSpan Elapsed => scheduler.Now - _start;

    public void Violate(string rule, string where, string what)
    {
        if (Violations.Count < MostViolations)
        {
            Violations.Add(new Violation(rule, where, what, Elapsed));
        }
    }

    public void Expect<T>(string rule, string where, string what, T expected, T actual)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual))
        {
            Violate(rule, where, FormattableString.Invariant($"{what} is {actual}, should be {expected}"));
        }
    }

    /// <summary>Subscribes to a stream: its grammar is checked, it may not fail, it must complete before the run ends, and what comes is a line of the digest.</summary>
    public IDisposable Watch<T>(IObservable<T> source, string name, Action<T> onNext, Action? onCompleted = null)
    {
        var stream = ++_streams;
        _open.Add(name);
        return source
            .ValidateSynchronization(violation => Violate("grammar", name, violation.Message))
            .Subscribe(new Watcher<T>(this, name, stream, onNext, onCompleted));
    }

    public void ExpectAllCompleted()
    {
        foreach (var name in _open.Order(StringComparer.Ordinal))
        {
            Violate("grammar", name, "the stream did not complete");
        }
    }

    /// <summary>An observer of its own: Rx's would hide a second terminal notification, and dispose of what throws.</summary>
    private sealed class Watcher<T>(Journal journal, string name, int stream, Action<T> onNext, Action? onCompleted) : IObserver<T>
    {
        public void OnNext(T value)
        {
            journal.Digest.Add(stream);
            journal.Digest.Add(journal.Elapsed.Ticks);
            onNext(value);
        }

        public void OnError(Exception error) => journal.Violate("stream survives", name, "it ended with an error: " + error);

        public void OnCompleted()
        {
            journal.Digest.Add(-stream);
            journal._open.Remove(name);
            onCompleted?.Invoke();
        }
    }
}
