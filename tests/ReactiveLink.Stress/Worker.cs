using System.Runtime.InteropServices;

namespace ReactiveLink.Stress;

/// <summary>A thread that says what it is about, so that one that stalls can be found.</summary>
internal sealed partial class Worker
{
    private const int TrailLength = 16;

    private readonly string?[] _trail = new string?[TrailLength];
    private readonly Thread _thread;
    private readonly Action<Worker> _body;
    private readonly Action<Exception> _failed;
    private long _steps;
    private volatile bool _ended;

    public Worker(string name, Action<Worker> body, Action<Exception> failed)
    {
        Name = name;
        _body = body;
        _failed = failed;
        _thread = new Thread(Run) { IsBackground = true, Name = name };
    }

    public string Name { get; }

    public int SystemId { get; private set; }

    /// <summary>How many steps it has begun.</summary>
    public long Steps => Volatile.Read(ref _steps);

    public bool HasEnded => _ended;

    /// <summary>Its last steps, the present one last.</summary>
    public IEnumerable<string?> Trail
    {
        get
        {
            var steps = Steps;
            return Enumerable.Range(0, (int)Math.Min(steps, TrailLength)).Select(i => _trail[(steps - Math.Min(steps, TrailLength) + i) % TrailLength]);
        }
    }

    public void Start() => _thread.Start();

    /// <summary>What it does from now on; a step is short.</summary>
    public void Step(string name)
    {
        _trail[_steps % TrailLength] = name;
        Volatile.Write(ref _steps, _steps + 1);
    }

    private void Run()
    {
        SystemId = OperatingSystem.IsLinux() ? GetThreadId() : 0;
        try
        {
            _body(this);
        }
        catch (Exception exception)
        {
            _failed(exception);
        }

        _ended = true;
    }

    [LibraryImport("libc", EntryPoint = "gettid")]
    private static partial int GetThreadId();
}
