using System.Reactive.Concurrency;
using System.Reactive.Linq;
using ReactiveLink;

namespace ControlLoop;

/// <summary>
/// Answers each measurement that is news with a command: a state feedback whose gains minimise x² + v² + 10 θ² + θ'² + F² for the equations linearised upright, held
/// for 5 ms (the discrete algebraic Riccati equation; see any text on linear-quadratic regulators). It keeps no state but the numbers: after a silence it goes on with
/// the first measurement that arrives.
/// </summary>
internal sealed class Controller : IDisposable
{
    private readonly Sending<Command> _commands;
    private readonly IDisposable _subscription;
    private uint _next;
    private double _heard;

    public Controller(IObservable<Measurement> telemetry, UdpLink commands, IScheduler scheduler)
    {
        _commands = new Sending<Command>(commands, MessageType.Command);
        _subscription = telemetry
            .TrackSequence(measurement => measurement.Number, SequenceSpace.UInt32, scheduler: scheduler)
            .Do(measurement => Telemetry = measurement.Peer!)
            .Where(measurement => measurement.Verdict.Kind is not (VerdictKind.Late or VerdictKind.Duplicate))
            .Subscribe(measurement => Answer(measurement.Value!));
    }

    /// <summary>What sequencing says of the telemetry; null before the first.</summary>
    public PeerSequence? Telemetry { get; private set; }

    /// <summary>When the newest measurement was made, by the plant's clock.</summary>
    public double Heard => Volatile.Read(ref _heard);

    public long Sent => _commands.Sent;

    public static double ForceFor(in CartPoleState state) => Math.Clamp(
        (0.967 * state.Position) + (2.103 * state.Velocity) + (28.477 * state.Angle) + (5.174 * state.Spin), -CartPole.StrongestForce, CartPole.StrongestForce);

    public void Dispose() => _subscription.Dispose();

    private void Answer(Measurement measurement)
    {
        Volatile.Write(ref _heard, measurement.At);
        _ = _commands.SendAsync(new Command(_next++, measurement.At, ForceFor(measurement.State)));
    }
}
