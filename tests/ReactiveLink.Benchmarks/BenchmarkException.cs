namespace ReactiveLink.Benchmarks;

/// <summary>A benchmark cannot go on; the message says why in one line.</summary>
internal sealed class BenchmarkException(string message) : Exception(message);
