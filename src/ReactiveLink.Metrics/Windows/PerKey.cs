using System.Reactive.Concurrency;
using ReactiveLink.Metrics.Windows;

namespace ReactiveLink.Metrics;

public static partial class WindowObservable
{
    /// <summary>How many keys <c>PerKey</c> has at most where not said otherwise.</summary>
    public const int DefaultMaximumKeys = 1000;

    /// <summary>
    /// A window for each key, tumbling or sliding, all on the same ticks and one timer. Keys are capped: values of further keys are summed up together in one overflow
    /// series, so that forged keys cost neither memory nor the sight of them. A key that nothing came for is forgotten, and its place and memory are used again.
    /// <list type="table">
    /// <listheader><term>input</term><description>output; counter; state</description></listheader>
    /// <item><term>a value of a known key</term><description>nothing, or first the windows that have ended by now; <see cref="WindowSummary.Count"/>; the key is not idle</description></item>
    /// <item><term>of a new key</term><description>the same; the same; the key takes a place</description></item>
    /// <item><term>of a new key while all places are taken</term><description>the same, in the overflow series; <see cref="WindowDropReason.KeyLimit"/>, told at the next tick; none</description></item>
    /// <item><term>a clock that has run ahead</term><description>the windows with values, and empty ones up to <see cref="WindowOptions.MaximumCatchUp"/> of all keys together, the last ones;
    /// <see cref="WindowDropReason.EmptyWindowsSkipped"/>; none</description></item>
    /// <item><term>nothing for a key</term><description>empty windows, if <see cref="WindowOptions.EmitEmpty"/>, until it expires; none; after the expiry, and once its window is empty, it
    /// gives its place back</description></item>
    /// <item><term>NaN or an infinity</term><description>nothing; <see cref="WindowSummary.Refused"/>; as a value</description></item>
    /// <item><term>a delegate throws, or a key is null</term><description>the exception as error; the end</description></item>
    /// <item><term>error</term><description>passed on at once</description></item>
    /// <item><term>completion</term><description>of each key with values that were never told the next window, partial; then completion</description></item>
    /// </list>
    /// </summary>
    /// <remarks>
    /// Memory goes with the panes that hold values, whatever the overlap: at most 2000 bytes a key and 600 bytes a pane of one value; without percentiles 1500 and 300. A pane's
    /// sketch grows with its values to <see cref="WindowOptions.MaximumSketchBytes"/> at most, and so does the one of the key's window. What panes took is given back when they
    /// are over, but for two sketches a key.
    /// </remarks>
    /// <typeparam name="T">The items' type.</typeparam>
    /// <typeparam name="TKey">The keys' type.</typeparam>
    /// <param name="source">The items.</param>
    /// <param name="key">The key of an item; never null.</param>
    /// <param name="selector">The number of an item.</param>
    /// <param name="length">How long a window is; more than 0.</param>
    /// <param name="every">The interval, or null for <paramref name="length"/>: windows without overlap.</param>
    /// <param name="maxKeys">How many keys are kept, at least 1. For the memory of one see the remarks.</param>
    /// <param name="idleExpiry">After how long without values a key is forgotten; more than 0; null for 5 minutes.</param>
    /// <param name="options">What is kept, or null for the defaults.</param>
    /// <param name="comparer">What tells keys apart, or null for their own equality.</param>
    /// <param name="scheduler">The clock, or null for the default scheduler's.</param>
    /// <returns>At each tick the window of each key, in no particular order.</returns>
    /// <exception cref="ArgumentNullException">A required argument is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number or span is out of its range (a span: the calendar), or a window would have too many panes.</exception>
    /// <exception cref="ArgumentException"><paramref name="options"/> is not valid; the message lists every error.</exception>
    public static IObservable<KeyedWindow<TKey>> PerKey<T, TKey>(
        this IObservable<T> source,
        Func<T, TKey> key,
        Func<T, double> selector,
        TimeSpan length,
        TimeSpan? every = null,
        int maxKeys = DefaultMaximumKeys,
        TimeSpan? idleExpiry = null,
        WindowOptions? options = null,
        IEqualityComparer<TKey>? comparer = null,
        IScheduler? scheduler = null)
        where TKey : notnull
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(selector);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxKeys);
        var expiry = idleExpiry ?? TimeSpan.FromMinutes(5);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(expiry, TimeSpan.Zero, nameof(idleExpiry));
        var grid = PaneGrid.Of(length, every ?? length);
        var valid = (options ?? WindowOptions.Default).Validate(nameof(options));
        return new PerKeyObservable<T, TKey>(source, key, selector, grid, maxKeys, expiry.Ticks, valid, comparer, scheduler ?? DefaultScheduler.Instance);
    }
}
