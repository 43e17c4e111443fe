using System.Globalization;
using System.Reactive.Concurrency;

namespace ReactiveLink;

/// <summary>How a handler is fed: its queue, its concurrency, its timeout. Immutable; checked, all together, when the handler is added.</summary>
/// <typeparam name="T">What it handles.</typeparam>
public record HandlerOptions<T>
{
    private const int MaxConcurrency = 10_000;

    private static readonly TimeSpan MaxTimeout = TimeSpan.FromDays(24);

    /// <summary>The name in statistics and faults. Unless set, a route has its message type's word, or <c>predicate</c>; others are <c>handler</c>.</summary>
    public string? Name { get; init; }

    /// <summary>How many items may wait, at least 1; 1000 unless set. Those being handled do not count.</summary>
    public int Capacity { get; init; } = 1000;

    /// <summary>How many handlers may run at once, 1 to 10,000; 10 unless set. With 1 the order of the items is kept.</summary>
    public int Concurrency { get; init; } = 10;

    /// <summary>
    /// How long one handler may run, above zero and at most 24 days, or <see cref="System.Threading.Timeout.InfiniteTimeSpan"/>; 5 s unless set. Then its
    /// cancellation token is signalled and it is reported; it keeps its place among the concurrent ones until it returns.
    /// </summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>What a full queue drops; the newest unless set.</summary>
    public OverflowPolicy Overflow { get; init; } = OverflowPolicy.DropNewest;

    /// <summary>
    /// The key of an item for <see cref="OverflowPolicy.LatestPerKey"/>, needed with that policy. Called on the source's thread; an item for which it
    /// throws is not handled and a <see cref="FaultReason.HandlerFailed"/> fault. Null is a key of its own.
    /// </summary>
    public Func<T, string?>? LatestKey { get; init; }

    /// <summary>
    /// Where handlers run and timeouts are measured, or null for the scheduler that the handler's owner gives (the thread pool unless set). It must not run
    /// its work on the thread that schedules it. Handlers that block for long should have threads of their own, by <see cref="NewThreadScheduler"/>: a few of them
    /// use up the thread pool, which grows by one or two threads a second, and whatever else runs on it waits, timeouts included.
    /// </summary>
    public IScheduler? Scheduler { get; init; }

    /// <summary>Checks all options at once; adding a handler does the same.</summary>
    /// <exception cref="ArgumentException">Some are wrong; the message names every error.</exception>
    public void Validate() => Validate("options");

    internal void Validate(string parameter)
    {
        List<string> errors = [];
        if (Capacity < 1)
        {
            errors.Add(string.Create(CultureInfo.InvariantCulture, $"Capacity is {Capacity}; set it to at least 1."));
        }

        if (Concurrency is < 1 or > MaxConcurrency)
        {
            errors.Add(string.Create(CultureInfo.InvariantCulture, $"Concurrency is {Concurrency}; set it from 1 to {MaxConcurrency}."));
        }

        if (Timeout != System.Threading.Timeout.InfiniteTimeSpan && (Timeout <= TimeSpan.Zero || Timeout > MaxTimeout))
        {
            errors.Add(string.Create(
                CultureInfo.InvariantCulture, $"Timeout is {Timeout}; set it above zero and at most to {MaxTimeout.Days} days, or to Timeout.InfiniteTimeSpan."));
        }

        if (!Enum.IsDefined(Overflow))
        {
            errors.Add(string.Create(CultureInfo.InvariantCulture, $"Overflow is {(int)Overflow}; set it to a member of OverflowPolicy."));
        }

        if (Overflow == OverflowPolicy.LatestPerKey && LatestKey is null)
        {
            errors.Add("Overflow is LatestPerKey and LatestKey is null; set LatestKey to select an item's key.");
        }

        if (Scheduler is ImmediateScheduler or CurrentThreadScheduler)
        {
            errors.Add("Scheduler runs its work on the calling thread, so that a handler would block its source; set it to another one.");
        }

        if (errors.Count != 0)
        {
            throw new ArgumentException("The handler's options are not valid. " + string.Join(' ', errors), parameter);
        }
    }
}
