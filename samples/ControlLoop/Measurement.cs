namespace ControlLoop;

/// <summary>What the plant sends up, 200 times a second.</summary>
/// <param name="Number">One after the other, from 0.</param>
/// <param name="At">When, in seconds of the plant's clock.</param>
/// <param name="State">What was measured.</param>
internal sealed record Measurement(uint Number, double At, CartPoleState State);
