namespace ReactiveLink.Testing;

/// <summary>What is decided at random; each has a stream of its own.</summary>
internal enum Chance
{
    Loss = 1,
    Jitter,
    Duplication,
    DuplicateJitter,
    Reordering,
    Corruption,
    CorruptedBits,
    Truncation,
    TruncatedLength,
}
