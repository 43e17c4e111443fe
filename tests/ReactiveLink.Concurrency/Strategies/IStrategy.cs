namespace ReactiveLink.Concurrency.Strategies;

/// <summary>Decides which thread goes on.</summary>
internal interface IStrategy
{
    /// <param name="current">The thread that runs, or -1 if it cannot go on.</param>
    /// <param name="enabled">Two or more threads that can go on, ascending; the current one is among them if it can.</param>
    /// <param name="step">How many steps were made.</param>
    /// <param name="isYielding">The current thread waits for another by trying again.</param>
    int Choose(int current, ReadOnlySpan<int> enabled, int step, bool isYielding);
}
