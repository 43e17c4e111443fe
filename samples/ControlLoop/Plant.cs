using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using ReactiveLink;
using ReactiveLink.Testing;

namespace ControlLoop;

/// <summary>
/// The pendulum and its motor. Every 5 ms it moves on by the time that has passed, and sends what it measures. A command is applied if it is newer than the one in force
/// and answers a measurement within the deadline; a late one is not, however it came to be late. Without a command in time the motor keeps its force for
/// a while and is then switched off. All of it runs on one scheduler that runs one thing at a time: no locks.
/// </summary>
internal sealed class Plant : IDisposable
{
    public const int Rate = 200;
    private const double GustDeviation = 3;
    private const double FirstAngle = 0.05;

    /// <summary>After this many seconds the motor is switched off.</summary>
    private const double LongestHold = 0.25;

    private readonly Subject<LoopStep> _steps = new();
    private readonly Subject<double> _latencies = new();
    private readonly CompositeDisposable _subscriptions = [];
    private readonly Sending<Measurement> _telemetry;
    private readonly LoopSettings _settings;
    private readonly IScheduler _scheduler;
    private readonly IObservable<Command> _commands;
    private readonly SeededRandom _gusts;
    private readonly Controller _controller;
    private readonly Losses _lostUp;
    private readonly Losses _lostDown;
    private readonly bool _held;
    private CartPoleState _state = new(0, 0, FirstAngle, 0);
    private Command _inForce = new(0, 0, 0);
    private IStopwatch _clock = null!;
    private double _now;
    private double _arrived;
    private uint _next;
    private bool _tooOldSinceApplied;

    /// <summary>A plant that stands still until it is started.</summary>
    /// <param name="telemetry">Where measurements go.</param>
    /// <param name="commands">What arrives from the controller.</param>
    /// <param name="controller">What it has heard and sent: to tell which of the links is to blame.</param>
    /// <param name="lostUp">What the network has lost of the measurements.</param>
    /// <param name="lostDown">What it has lost of the commands.</param>
    /// <param name="settings">The run.</param>
    /// <param name="scheduler">The plant's time; runs one thing at a time.</param>
    /// <param name="held">Whether a hand holds the pole: all runs as ever, and nothing moves.</param>
    public Plant(
        UdpLink telemetry,
        IObservable<Command> commands,
        Controller controller,
        Losses lostUp,
        Losses lostDown,
        LoopSettings settings,
        IScheduler scheduler,
        bool held = false)
    {
        _telemetry = new Sending<Measurement>(telemetry, MessageType.Data);
        _commands = commands;
        _controller = controller;
        _lostUp = lostUp;
        _lostDown = lostDown;
        _settings = settings;
        _scheduler = scheduler;
        _held = held;
        _gusts = new SeededRandom(settings.Seed ^ 0x6A09E667F3BCC908);
    }

    /// <summary>Every step; completes at the end of the run, or with the first step at which the pole has fallen.</summary>
    public IObservable<LoopStep> Steps => _steps;

    /// <summary>From a measurement to the arrival of the command that answers it, in milliseconds, of every command that was newer than those before.</summary>
    public IObservable<double> Latencies => _latencies;

    /// <summary>Time 0 of its steps.</summary>
    public DateTimeOffset StartedAt { get; private set; }

    public PlantCounts Counts { get; } = new();

    public long Sent => _telemetry.Sent;

    private Transit Up => Transit.Of(Sent, _controller.Telemetry, _lostUp.Count);

    private Transit Down => Transit.Of(_controller.Sent, Counts.Commands, _lostDown.Count);

    public void Start()
    {
        StartedAt = _scheduler.Now;
        _clock = _scheduler.StartStopwatch();
        _subscriptions.Add(_commands
            .TrackSequence(command => command.Number, SequenceSpace.UInt32, scheduler: _scheduler)
            .ObserveOn(_scheduler)
            .Subscribe(Take));
        _subscriptions.Add(Observable.Interval(TimeSpan.FromSeconds(1.0 / Rate), _scheduler).Subscribe(_ => Move()));
    }

    public void Dispose() => _subscriptions.Dispose();

    private void Take(Sequenced<Command> command)
    {
        Counts.Commands = command.Peer!;
        if (command.Verdict.Kind is VerdictKind.Late or VerdictKind.Duplicate)
        {
            Counts.Overtaken++;
            return;
        }

        Counts.LongestBurst = Math.Max(Counts.LongestBurst, (long)command.Verdict.Lost);
        _arrived = _clock.Elapsed.TotalSeconds;
        var latency = _arrived - command.Value!.Answers;
        _latencies.OnNext(latency * 1000);
        if (latency > _settings.Deadline.TotalSeconds)
        {
            Counts.TooOld++;
            _tooOldSinceApplied = true;
            return;
        }

        Counts.Applied++;
        _tooOldSinceApplied = false;
        _inForce = command.Value;
    }

    private void Move()
    {
        var before = _now;
        _now = _clock.Elapsed.TotalSeconds;
        var age = _now - _inForce.Answers;
        var force = age > LongestHold ? 0 : _inForce.Force;
        var moved = CartPole.Advance(_state, force + (GustDeviation * _gusts.NextNormal()), _now - before);
        _state = _held ? _state : moved;
        var lateness = age <= _settings.Deadline.TotalSeconds ? Lateness.None : Why(_now - before);
        Counts.Steps++;
        Counts.Missed += lateness == Lateness.None ? 0 : 1;
        _steps.OnNext(new LoopStep(_now, _state, force, age, lateness));
        if (CartPole.HasFallen(_state) || _now >= _settings.Duration.TotalSeconds)
        {
            Counts.Up = Up;
            Counts.Down = Down;
            Counts.LongestBurst = Math.Max(Counts.LongestBurst, _lostDown.LongestRun);
            Dispose();
            _steps.OnCompleted();
            _latencies.OnCompleted();
            return;
        }

        _ = _telemetry.SendAsync(new Measurement(_next++, _now, _state));
    }

    private Lateness Why(double step)
    {
        var deadline = _settings.Deadline.TotalSeconds;
        return step > deadline ? Lateness.Stalled
            : _tooOldSinceApplied && _now - _arrived <= deadline ? Lateness.TooOld
            : _now - _controller.Heard > deadline ? Up.IsSlow ? Lateness.OnItsWay : Lateness.NoTelemetry
            : Down.IsSlow ? Lateness.OnItsWay : Lateness.NoCommands;
    }
}
