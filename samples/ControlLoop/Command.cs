namespace ControlLoop;

/// <summary>What the controller sends down, one for each measurement that it acts on.</summary>
/// <param name="Number">One after the other, from 0.</param>
/// <param name="Answers">When the measurement was made, by the plant's clock: the plant knows the age of a command without a clock in common.</param>
/// <param name="Force">On the cart, in newtons; positive to the right.</param>
internal sealed record Command(uint Number, double Answers, double Force);
