using System.Runtime.CompilerServices;

namespace ReactiveLink.Metrics.Tests;

/// <summary>Tests that block threads on purpose need more of them than the pool of a small machine starts with.</summary>
internal static class TestThreads
{
    [ModuleInitializer]
    internal static void Initialize() => ThreadPool.SetMinThreads(64, 64);
}
