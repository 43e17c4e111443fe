namespace Quickstart;

/// <summary>How the plant lies in the air, in degrees.</summary>
internal sealed record Attitude(double Roll, double Pitch, double Yaw);
