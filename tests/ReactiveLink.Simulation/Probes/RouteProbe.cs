using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using ReactiveLink.Simulation.Scenarios;

namespace ReactiveLink.Simulation.Probes;

/// <summary>A handler of a link: what is offered to it, when it runs, and how each run ends.</summary>
internal sealed class RouteProbe : IDisposable
{
    /// <summary>How late a timer may be: a clock that drifts sets it anew.</summary>
    private static readonly long Slack = TimeSpan.FromMilliseconds(3).Ticks;

    private readonly Journal _journal;
    private readonly RoutePlan _plan;
    private readonly IScheduler _scheduler;
    private readonly IStopwatch _clock;
    private readonly Queue<ulong> _offered = new();
    private readonly List<Run> _runs = [];
    private readonly IDisposable _route;
    private long _offers;
    private long _running;

    public RouteProbe(Journal journal, string name, UdpLink link, RoutePlan plan, IScheduler scheduler)
    {
        _journal = journal;
        Name = name;
        _plan = plan;
        _scheduler = scheduler;
        _clock = scheduler.StartStopwatch();
        var options = new RouteOptions
        {
            Name = name,
            Capacity = plan.Capacity,
            Concurrency = plan.Concurrency,
            Timeout = plan.Timeout,
            Overflow = plan.Overflow,
        };
        _route = plan.Kind is HandlerKind.Quick or HandlerKind.Throwing
            ? link.Handle(Matches, HandleAtOnce, options)
            : link.Handle(Matches, HandleSlowly, options);
    }

    public string Name { get; }

    /// <summary>Faults that name this route.</summary>
    public long QueueFull { get; set; }

    public long HandlerFailed { get; set; }

    public long HandlerTimeout { get; set; }

    private long Now => _clock.Elapsed.Ticks;

    /// <summary>The route's statistics, and the faults, say what happened here.</summary>
    /// <param name="statistics">What the link says.</param>
    /// <param name="isQuiet">Whether whatever could run by now does.</param>
    public void Check(RouteStatistics statistics, bool isQuiet)
    {
        Expect("items offered", _offers, statistics.Offered);
        Expect("items unaccounted for", 0, statistics.Offered - statistics.Handled - statistics.Failed - statistics.TimedOut - statistics.Dropped - statistics.Pending - statistics.Running);
        Expect("runs", _runs.Count, statistics.Offered - statistics.Dropped - statistics.Pending);
        Expect("queue-full faults", statistics.Dropped, QueueFull);
        Expect("handler-failed faults", statistics.Failed, HandlerFailed);
        Expect("handler-timeout faults", statistics.TimedOut, HandlerTimeout);
        Expect("handlers that run, overdue ones too", _running, statistics.Running + statistics.Overdue);
        if (statistics.Pending > _plan.Capacity || (isQuiet && statistics.Pending > 0 && _running < _plan.Concurrency))
        {
            _journal.Violate("handlers", Name, $"{statistics.Pending} items wait, while {_running} handlers run");
        }

        // Of a run that took about as long as the timeout either may be said.
        var now = Now;
        var near = _runs.Count(run => Math.Abs(run.Length(now) - _plan.Timeout.Ticks) <= Slack);
        var late = _runs.Count(run => run.Length(now) > _plan.Timeout.Ticks + Slack);
        Between("timed out", late, near, statistics.TimedOut);
        Between("failed", _runs.Count(run => run.Threw && !IsLate(run, now)), near, statistics.Failed);
        Between("handled", _runs.Count(run => run.HasEnded && !run.Threw && !IsLate(run, now)), near, statistics.Handled);
    }

    public void Dispose() => _route.Dispose();

    private bool IsLate(Run run, long now) => run.Length(now) >= _plan.Timeout.Ticks - Slack;

    private void Between(string what, long least, long unsure, long actual)
    {
        if (actual < least || actual > least + unsure)
        {
            _journal.Violate("handlers", Name, $"items {what} are {actual}, should be {least} to {least + unsure}");
        }
    }

    private void Expect(string what, long expected, long actual) => _journal.Expect("handlers", Name, what, expected, actual);

    private bool Matches(Message message)
    {
        var number = Content.Read(message).Number;
        if (number % (ulong)_plan.Of != (ulong)_plan.Remainder)
        {
            return false;
        }

        _offers++;
        _offered.Enqueue(number);
        return true;
    }

    private void HandleAtOnce(Message message)
    {
        var run = Begin(message);
        End(run, threw: _plan.Kind == HandlerKind.Throwing && run.Number % 3 == 0);
        if (run.Threw)
        {
            throw new DeliberateException();
        }
    }

    private async ValueTask HandleSlowly(Message message, CancellationToken cancel)
    {
        var run = Begin(message);
        var isOver = new TaskCompletionSource();
        var takes = (run.Number % 4) switch
        {
            0 => TimeSpan.Zero,
            1 => _plan.Timeout / 3,
            2 => _plan.Timeout / 1.5,
            _ => _plan.Timeout * 2,
        };
        using var timer = _scheduler.Schedule(isOver, takes, static (_, source) =>
        {
            source.TrySetResult();
            return Disposable.Empty;
        });
        using var obedience = _plan.Kind == HandlerKind.SlowAndObedient ? cancel.Register(() => isOver.TrySetCanceled(cancel)) : default;
        try
        {
            await isOver.Task;
        }
        catch (OperationCanceledException)
        {
            End(run, threw: true);
            throw;
        }

        End(run, threw: false);
    }

    private Run Begin(Message message)
    {
        var number = Content.Read(message).Number;
        var run = new Run(number, Now);
        _runs.Add(run);
        _journal.Digest.Add((long)number);
        _journal.Digest.Add(run.Began);
        _journal.Counts.Handled++;
        if (++_running > _plan.Concurrency)
        {
            _journal.Violate("handlers", Name, $"{_running} handlers run at once");
        }

        // In the order in which they were offered, unless a newer one takes the place of an older one of its sender.
        while (_plan.Overflow != OverflowPolicy.LatestPerKey)
        {
            if (!_offered.TryDequeue(out var next))
            {
                _journal.Violate("handlers", Name, $"number {number} was not offered, or not in this turn");
                break;
            }

            if (next == number)
            {
                break;
            }
        }

        return run;
    }

    private void End(Run run, bool threw)
    {
        _running--;
        run.Ended = Now;
        run.Threw = threw;
    }

    private sealed class Run(ulong number, long began)
    {
        public ulong Number => number;

        public long Began => began;

        public long? Ended { get; set; }

        public bool HasEnded => Ended is not null;

        public bool Threw { get; set; }

        public long Length(long now) => (Ended ?? now) - began;
    }
}
