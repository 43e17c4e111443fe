using ReactiveLink.Concurrency.Exploring;
using ReactiveLink.Concurrency.Strategies;

namespace ReactiveLink.Concurrency.Control;

/// <summary>
/// Runs threads one at a time. The one that runs decides at each point, by the strategy, who goes on; so handing over costs a switch only where the strategy
/// wants one, and what happened can be repeated from the seed.
/// </summary>
internal sealed class Controller
{
    /// <summary>More steps than this and the threads only wait for one another.</summary>
    private const int MaximumSteps = 500_000;

    private readonly ControlledThread[] _threads;
    private readonly SemaphoreSlim _finished = new(0);
    private readonly List<Switch> _switches = [];
    private readonly int[] _enabled;
    private IStrategy _strategy = null!;
    private Action _polled = static () => { };
    private bool _isDeciding;
    private int _count;
    private int _steps;
    private string? _failure;

    public Controller(int maximumThreads)
    {
        _threads = [.. Enumerable.Range(0, maximumThreads).Select(index => new ControlledThread(this, index))];
        _enabled = new int[maximumThreads];
    }

    /// <summary>What the product gave to the thread pool.</summary>
    public Queue<Action> Work { get; } = new();

    public IReadOnlyList<Switch> Switches => _switches;

    public int Steps => _steps;

    /// <summary>Logical time: every step and every recorded event has its own.</summary>
    public int Time { get; private set; }

    /// <summary>A new history begins, with what its scenario does before its threads run.</summary>
    public void Begin()
    {
        Time = 0;
        Work.Clear();
    }

    /// <summary>Runs the bodies to their ends.</summary>
    /// <returns>Why they did not get there, or null.</returns>
    public string? Run(IReadOnlyList<Action> bodies, IStrategy strategy, Action polled)
    {
        _strategy = strategy;
        _polled = polled;
        _count = bodies.Count;
        _steps = 0;
        _failure = null;
        _switches.Clear();
        for (var i = 0; i < _count; i++)
        {
            _threads[i].Prepare(bodies[i]);
        }

        GiveTurn(_threads[Choose(current: -1, isYielding: false)], from: null);
        while (!_finished.Wait(TimeSpan.FromSeconds(20)))
        {
            // Only a wait that the controller does not know of can get here: the product's own waiting goes through it.
            return "a thread waits outside the controller; threads are at " + Positions();
        }

        return _failure;
    }

    public int Tick() => ++Time;

    public void Step(string where, bool isYielding = false)
    {
        if (_isDeciding)
        {
            // A condition that looks into the product.
            return;
        }

        var me = Interleave.Current!;
        me.Where = where;
        Time++;
        Poll();
        if (++_steps > MaximumSteps)
        {
            FailForEver($"no end after {MaximumSteps} steps; threads are at {Positions()}");
        }

        var next = _threads[Choose(me.Index, isYielding)];
        if (next != me)
        {
            GiveTurn(next, me);
            me.AwaitTurn();
        }
    }

    public void WaitUntil(Func<bool> condition, string what, bool isExternal)
    {
        var me = Interleave.Current!;
        me.Where = "waiting " + what;
        me.IsExternal = isExternal;
        me.Condition = condition;
        if (Holds(me))
        {
            me.Condition = null;
            return;
        }

        var next = NextOrFail();
        if (next != me)
        {
            GiveTurn(next, me);
            me.AwaitTurn();
        }

        me.Condition = null;
    }

    public void End(ControlledThread thread)
    {
        thread.IsDone = true;
        Poll();
        if (_failure is not null || _threads.Take(_count).All(other => other.IsDone))
        {
            _finished.Release();
            return;
        }

        GiveTurn(NextOrFail(), thread);
    }

    public void Fail(string why) => _failure ??= why;

    private ControlledThread NextOrFail()
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();
        while (true)
        {
            if (Choose(current: -1, isYielding: false) is var index and >= 0)
            {
                return _threads[index];
            }

            if (!_threads.Take(_count).Any(thread => !thread.IsDone && thread.IsExternal) || watch.Elapsed > TimeSpan.FromSeconds(5))
            {
                FailForEver("deadlock: " + Positions());
            }

            Thread.Yield();
        }
    }

    /// <summary>The threads cannot be unwound through the product's catch blocks: they stay where they are, and the program ends after its report.</summary>
    private void FailForEver(string why)
    {
        Fail(why);
        _finished.Release();
        Thread.Sleep(Timeout.Infinite);
    }

    private int Choose(int current, bool isYielding)
    {
        var count = 0;
        for (var i = 0; i < _count; i++)
        {
            if (i == current || Holds(_threads[i]))
            {
                _enabled[count++] = i;
            }
        }

        return count switch
        {
            0 => -1,
            1 => _enabled[0],
            _ => _strategy.Choose(current, _enabled.AsSpan(0, count), _steps, isYielding),
        };
    }

    private bool Holds(ControlledThread thread)
    {
        _isDeciding = true;
        var holds = thread.CanGo;
        _isDeciding = false;
        return holds;
    }

    private void Poll()
    {
        _isDeciding = true;
        _polled();
        _isDeciding = false;
    }

    private void GiveTurn(ControlledThread next, ControlledThread? from)
    {
        _switches.Add(new Switch(Time, from?.Index ?? -1, from is null ? "start" : from.IsDone ? "its end" : from.Where, next.Index));
        next.GiveTurn();
    }

    private string Positions() => string.Join(", ", _threads.Take(_count).Select(thread => $"{thread.Index} {(thread.IsDone ? "at its end" : thread.Where)}"));
}
