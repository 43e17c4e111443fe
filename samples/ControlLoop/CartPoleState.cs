namespace ControlLoop;

/// <summary>Where a cart and its pole are.</summary>
/// <param name="Position">Of the cart, in metres from the middle of the track.</param>
/// <param name="Velocity">Of the cart, in metres a second.</param>
/// <param name="Angle">Of the pole, in radians from upright; positive to the right.</param>
/// <param name="Spin">Of the pole, in radians a second.</param>
internal readonly record struct CartPoleState(double Position, double Velocity, double Angle, double Spin)
{
    public double Degrees => Angle * 180 / Math.PI;

    public CartPoleState Plus(in CartPoleState slope, double time) => new(
        Position + (slope.Position * time), Velocity + (slope.Velocity * time), Angle + (slope.Angle * time), Spin + (slope.Spin * time));
}
