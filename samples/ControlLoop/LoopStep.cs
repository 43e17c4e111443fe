namespace ControlLoop;

/// <summary>What the plant knows after one of its steps.</summary>
/// <param name="At">Seconds since the start.</param>
/// <param name="State">Where it is.</param>
/// <param name="Force">What the motor does, in newtons.</param>
/// <param name="Age">How old the measurement is that the command in force answers, in seconds.</param>
/// <param name="Lateness">Why it is older than the deadline, if it is.</param>
internal readonly record struct LoopStep(double At, CartPoleState State, double Force, double Age, Lateness Lateness);
