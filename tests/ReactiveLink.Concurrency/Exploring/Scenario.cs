using ReactiveLink.Concurrency.Checking;
using ReactiveLink.Concurrency.Control;

namespace ReactiveLink.Concurrency.Exploring;

/// <summary>One small program over a part: what its threads do, what was recorded of it, and the model to compare with.</summary>
internal abstract class Scenario(Controller controller, Random random, int maximumTimers = 64)
{
    private readonly List<Action> _clients = [];
    private readonly List<Effect> _effects = [];
    private readonly List<(Effect Effect, Func<bool> IsOver, Action<Effect> Ended)> _open = [];
    private readonly int[] _lastEvent = new int[Explorer.MaximumThreads];
    private int _clientsLeft;
    private int _working;
    private string? _breach;

    public IReadOnlyList<Effect> Effects => _effects;

    public string? Breach => _breach;

    public abstract Model Model { get; }

    /// <summary>What is compared with what. Linearizability is local (M. P. Herlihy, J. M. Wing, 1990): parts that promise nothing together are checked one by one.</summary>
    public virtual IEnumerable<(Model Model, IReadOnlyList<Effect> Effects)> Checks => [(Model, _effects)];

    protected Controller Controller => controller;

    protected Random Random => random;

    /// <summary>For parts that start work and timers.</summary>
    protected ControlledScheduler Scheduler { get; } = new(controller, maximumTimers);

    /// <summary>How many threads stand for the pool.</summary>
    protected virtual int PoolThreads => 0;

    /// <summary>Every thread's body.</summary>
    public IReadOnlyList<Action> Bodies()
    {
        _clientsLeft = _clients.Count;
        return
        [
            .. _clients.Select(client => (Action)(() =>
            {
                client();
                _clientsLeft--;
            })),
            .. Enumerable.Repeat<Action>(Serve, PoolThreads),
        ];
    }

    /// <summary>Everything is at rest: the last results, read on no controlled thread.</summary>
    public virtual void Finish()
    {
    }

    /// <summary>Looks which calls have ended that nobody waits for.</summary>
    public void Poll()
    {
        for (var i = _open.Count - 1; i >= 0; i--)
        {
            var (effect, isOver, ended) = _open[i];
            if (isOver())
            {
                _open.RemoveAt(i);
                effect.End = controller.Tick();
                ended(effect);
            }
        }
    }

    protected void Client(Action body) => _clients.Add(body);

    /// <summary>2 to 4 threads with so many operations each, drawn at random.</summary>
    protected void Clients(int minimumThreads, int maximumThreads, int maximumOperations, Func<int, Action> draw)
    {
        var threads = random.Next(minimumThreads, maximumThreads + 1);
        for (var thread = 0; thread < threads; thread++)
        {
            Action[] operations = [.. Enumerable.Range(0, random.Next(1, maximumOperations + 1)).Select(_ => draw(thread))];
            Client(() => Array.ForEach(operations, operation => operation()));
        }
    }

    /// <summary>A call as one effect.</summary>
    protected Effect Call(string name, int a, int b, Func<int> call)
    {
        var effect = Begin(name, a, b);
        effect.Result = call();
        End(effect);
        return effect;
    }

    protected Effect Begin(string name, int a = 0, int b = 0, Effect? after = null)
    {
        var effect = new Effect(name, Me, Now()) { A = a, B = b, After = after };
        _effects.Add(effect);
        return effect;
    }

    /// <summary>A second effect of the call that the first belongs to: it lasts as long.</summary>
    protected Effect Then(Effect first, string name, int a = 0, int b = 0)
    {
        var effect = new Effect(name, first.Thread, first.Begin) { A = a, B = b, After = first, End = first.End };
        _effects.Add(effect);
        return effect;
    }

    protected void End(Effect effect) => effect.End = Now();

    /// <summary>The call turned out to be of other effects than this.</summary>
    protected void Remove(Effect effect) => _effects.Remove(effect);

    /// <summary>The call ends when the condition holds; nobody waits for it.</summary>
    protected void EndWhen(Effect effect, Func<bool> isOver, Action<Effect> ended) => _open.Add((effect, isOver, ended));

    /// <summary>The part calls us: what it did before happened since this thread's last event.</summary>
    protected Effect Notice(string name, int a = 0, int b = 0)
    {
        RequireNoLock();
        var effect = new Effect(name, Me, _lastEvent[Me]) { A = a, B = b };
        effect.End = Now();
        _effects.Add(effect);
        return effect;
    }

    /// <summary>A result of everything, read at the end.</summary>
    protected Effect Finally(string name, int a, int result)
    {
        var effect = new Effect(name, 0, controller.Tick()) { A = a, Result = result };
        effect.End = controller.Tick();
        _effects.Add(effect);
        return effect;
    }

    /// <summary>A rule that no order can repair was broken.</summary>
    protected void Require(bool holds, string rule)
    {
        if (!holds)
        {
            _breach ??= rule;
        }
    }

    /// <summary>Nobody is called under a lock.</summary>
    protected void RequireNoLock() => Require(Interleave.Current is not { LocksHeld: > 0 }, "Somebody is called under a lock of ours.");

    protected static int Me => Interleave.Current?.Index ?? 0;

    private int Now()
    {
        var now = controller.Tick();
        _lastEvent[Me] = now;
        return now;
    }

    private void Serve()
    {
        while (true)
        {
            Interleave.WaitUntil(() => controller.Work.Count > 0 || Scheduler.HasTimer || (_clientsLeft == 0 && _working == 0), "for work");
            if (controller.Work.TryDequeue(out var work))
            {
                _working++;
                Now();
                work();
                _working--;
            }
            else if (Scheduler.HasTimer)
            {
                _working++;
                Now();
                Scheduler.Fire();
                _working--;
            }
            else if (_clientsLeft == 0 && _working == 0)
            {
                return;
            }
        }
    }
}
