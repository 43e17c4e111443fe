namespace ReactiveLink.Endurance.Tests.Clock;

/// <summary>An item of the test's source.</summary>
/// <param name="Index">0, 1, 2, …</param>
/// <param name="At">When it came, by the time that only runs forward.</param>
/// <param name="Value">Rises and falls between -10 and 10.</param>
/// <param name="Key">One of three; the last pauses for long stretches.</param>
/// <param name="Sequence">Its number among those of its key, some swapped, some missing.</param>
internal sealed record Item(int Index, DateTimeOffset At, double Value, int Key, ulong Sequence);
