namespace ReactiveLink.Concurrency.Control;

/// <summary>A thread that runs only while it has the turn. It serves many histories, one body each.</summary>
internal sealed class ControlledThread
{
    private readonly SemaphoreSlim _turn = new(0);
    private Action _body = static () => { };

    public ControlledThread(Controller controller, int index)
    {
        Controller = controller;
        Index = index;
        new Thread(Run, 512 * 1024) { IsBackground = true, Name = $"controlled {index}" }.Start();
    }

    public Controller Controller { get; }

    public int Index { get; }

    /// <summary>What it waits for; null if it can go on.</summary>
    public Func<bool>? Condition { get; set; }

    public bool IsExternal { get; set; }

    public bool IsDone { get; set; } = true;

    /// <summary>Where it is, or what it waits for.</summary>
    public string Where { get; set; } = "start";

    /// <summary>How many of the product's locks it holds.</summary>
    public int LocksHeld { get; set; }

    public bool CanGo => !IsDone && (Condition is null || Condition());

    public void Prepare(Action body)
    {
        _body = body;
        Condition = null;
        IsDone = false;
        LocksHeld = 0;
        Where = "start";
    }

    public void GiveTurn() => _turn.Release();

    public void AwaitTurn() => _turn.Wait();

    private void Run()
    {
        Interleave.Current = this;
        while (true)
        {
            AwaitTurn();
            try
            {
                _body();
            }
            catch (Exception exception)
            {
                Controller.Fail($"thread {Index} ended with {exception}");
            }

            Controller.End(this);
        }
    }
}
