namespace ReactiveLink.Metrics.Tests;

/// <summary>Tests that look at the memory of the whole process: no other test runs beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public static class MemoryCollection
{
    public const string Name = "Memory";
}
