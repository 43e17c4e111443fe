using System.Reactive.Concurrency;

namespace ReactiveLink.Testing;

/// <summary>Recording in one call.</summary>
public static class RecordingObserver
{
    /// <summary>Subscribes a new recorder.</summary>
    /// <typeparam name="T">The items' type.</typeparam>
    /// <param name="source">The stream.</param>
    /// <param name="scheduler">The clock of the recorded times and of the deadlines, or null for the default scheduler.</param>
    /// <returns>The recorder; disposing it ends the subscription.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="source"/> is null.</exception>
    public static RecordingObserver<T> Record<T>(this IObservable<T> source, IScheduler? scheduler = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        var recorder = new RecordingObserver<T>(scheduler);
        recorder.Subscribe(source);
        return recorder;
    }
}
