namespace ReactiveLink.Testing;

/// <summary>A path that is up for a while, then down for a while, over and over, from the start of the network on.</summary>
public sealed record Flaps
{
    /// <summary>Makes the pattern.</summary>
    /// <param name="up">How long it is up each time; more than zero.</param>
    /// <param name="down">How long it is down each time; more than zero.</param>
    /// <exception cref="ArgumentOutOfRangeException">A time is not positive.</exception>
    public Flaps(TimeSpan up, TimeSpan down)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(up, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(down, TimeSpan.Zero);
        Up = up;
        Down = down;
    }

    /// <summary>How long it is up each time.</summary>
    public TimeSpan Up { get; }

    /// <summary>How long it is down each time.</summary>
    public TimeSpan Down { get; }

    /// <summary>Whether it is down at a time.</summary>
    /// <param name="elapsed">The time since the network's start.</param>
    /// <returns>True in [up, up + down), and so on with that period.</returns>
    public bool IsDown(TimeSpan elapsed) => elapsed.Ticks % (Up.Ticks + Down.Ticks) >= Up.Ticks;
}
