namespace ReactiveLink.Testing;

/// <summary>Something that a test asserted does not hold. Every test framework counts it as a failed test.</summary>
/// <param name="message">What does not hold.</param>
public sealed class TestAssertionException(string message) : Exception(message);
