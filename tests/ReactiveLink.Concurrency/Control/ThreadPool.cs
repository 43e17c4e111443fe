namespace ReactiveLink.Concurrency.Control;

/// <summary>Work goes to the controlled threads that stand for the pool.</summary>
internal static class ThreadPool
{
    public static bool UnsafeQueueUserWorkItem(IThreadPoolWorkItem item, bool preferLocal)
    {
        if (Interleave.Current is { } thread)
        {
            thread.Controller.Work.Enqueue(item.Execute);
            return true;
        }

        return System.Threading.ThreadPool.UnsafeQueueUserWorkItem(item, preferLocal);
    }
}
