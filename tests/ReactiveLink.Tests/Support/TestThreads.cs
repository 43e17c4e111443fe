using System.Runtime.CompilerServices;

namespace ReactiveLink.Tests.Support;

/// <summary>
/// Many tests block threads on purpose (hung handlers, callbacks that wait). On a machine with two processors the pool would start with two threads and
/// add one or two a second: tests would then measure the pool.
/// </summary>
internal static class TestThreads
{
    [ModuleInitializer]
    internal static void Initialize() => ThreadPool.SetMinThreads(64, 64);
}
