namespace ReactiveLink.Testing;

/// <summary>What happens to an item on its way.</summary>
/// <param name="Delay">How long it takes.</param>
/// <param name="HeldBack">Whether that includes being held back.</param>
/// <param name="CopyDelay">How long its copy takes, or null if there is none.</param>
/// <param name="Corrupted">Whether it is corrupted; its copy is then, too.</param>
internal readonly record struct Travel(TimeSpan Delay, bool HeldBack, TimeSpan? CopyDelay, bool Corrupted);
