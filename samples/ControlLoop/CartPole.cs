namespace ControlLoop;

/// <summary>
/// A pole on a cart, without friction. With the cart's mass M, the pole's mass m and half its length l, the pole's angle θ from upright and a force F on the cart:
/// <code>
/// θ'' = (g sin θ - cos θ (F + m l θ'² sin θ) / (M + m)) / (l (4/3 - m cos² θ / (M + m)))
/// x'' = (F + m l (θ'² sin θ - θ'' cos θ)) / (M + m)
/// </code>
/// (Barto, Sutton and Anderson, "Neuronlike adaptive elements that can solve difficult learning control problems", 1983; Florian, "Correct equations for the
/// dynamics of the cart-pole system", 2005.) Integrated by the classical Runge-Kutta method in steps of at most a millisecond, with the force held.
/// </summary>
internal static class CartPole
{
    public const double CartMass = 1;
    public const double PoleMass = 0.1;
    public const double HalfLength = 0.25;
    public const double Gravity = 9.81;

    /// <summary>What the motor can do, in newtons.</summary>
    public const double StrongestForce = 15;

    /// <summary>Half the track, in metres; its end is a fall too.</summary>
    public const double TrackEnd = 2.4;

    /// <summary>Beyond this angle, in degrees, the pole has fallen.</summary>
    public const double FallenAt = 45;

    private const double LongestStep = 0.001;
    private const double Mass = CartMass + PoleMass;

    public static bool HasFallen(in CartPoleState state) => Math.Abs(state.Degrees) > FallenAt || Math.Abs(state.Position) > TrackEnd;

    /// <summary>The state some seconds later.</summary>
    public static CartPoleState Advance(CartPoleState state, double force, double seconds)
    {
        var steps = Math.Max(1, (int)Math.Ceiling((seconds / LongestStep) - 1e-9));
        for (var i = 0; i < steps; i++)
        {
            state = Step(state, force, seconds / steps);
        }

        return state;
    }

    private static CartPoleState Step(in CartPoleState state, double force, double time)
    {
        var first = Slope(state, force);
        var second = Slope(state.Plus(first, time / 2), force);
        var third = Slope(state.Plus(second, time / 2), force);
        var fourth = Slope(state.Plus(third, time), force);
        return state.Plus(first, time / 6).Plus(second, time / 3).Plus(third, time / 3).Plus(fourth, time / 6);
    }

    private static CartPoleState Slope(in CartPoleState state, double force)
    {
        var (sin, cos) = Math.SinCos(state.Angle);
        var swing = PoleMass * HalfLength * state.Spin * state.Spin * sin;
        var angular = ((Gravity * sin) - (cos * (force + swing) / Mass)) / (HalfLength * ((4.0 / 3) - (PoleMass * cos * cos / Mass)));
        var linear = (force + swing - (PoleMass * HalfLength * angular * cos)) / Mass;
        return new CartPoleState(state.Velocity, linear, state.Spin, angular);
    }
}
