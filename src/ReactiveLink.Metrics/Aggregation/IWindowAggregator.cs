namespace ReactiveLink.Metrics;

/// <summary>
/// An aggregation of the user's own for windows. Values of a pane are added one by one; panes are merged, oldest first, a constant number of times per
/// window however much windows overlap; by event time, as often as the logarithm of a window's panes.
/// </summary>
/// <typeparam name="T">The values' type.</typeparam>
/// <typeparam name="TAccumulator">What is kept of a pane's values.</typeparam>
/// <typeparam name="TResult">What a window is told as.</typeparam>
/// <remarks>
/// Members are called one at a time, with no lock held. An exception of one of them is the stream's error. Values that have an inverse merge are cheaper
/// with <see cref="IRemovableAggregator{T, TAccumulator, TResult}"/>.
/// </remarks>
public interface IWindowAggregator<in T, TAccumulator, out TResult>
{
    /// <summary>An accumulator of nothing; the neutral element of <see cref="Merge"/>.</summary>
    /// <returns>An accumulator that no one else holds.</returns>
    TAccumulator Create();

    /// <summary>Takes a value.</summary>
    /// <param name="accumulator">The pane's accumulator; may be changed in place.</param>
    /// <param name="value">The value.</param>
    /// <returns>The pane's accumulator from now on.</returns>
    TAccumulator Add(TAccumulator accumulator, T value);

    /// <summary>Joins two neighbours. Associative; need not be commutative.</summary>
    /// <param name="older">The accumulator of the older values; not to be changed.</param>
    /// <param name="newer">The accumulator of the newer values; not to be changed.</param>
    /// <returns>The accumulator of both.</returns>
    TAccumulator Merge(TAccumulator older, TAccumulator newer);

    /// <summary>What the window says.</summary>
    /// <param name="accumulator">The accumulator of all values of the window; not to be changed.</param>
    /// <returns>The result.</returns>
    TResult Result(TAccumulator accumulator);
}

/// <summary>An aggregation whose merge can be undone exactly: a count, an integer sum, a histogram. Not a sum of floating-point numbers.</summary>
/// <typeparam name="T">The values' type.</typeparam>
/// <typeparam name="TAccumulator">What is kept of a pane's values.</typeparam>
/// <typeparam name="TResult">What a window is told as.</typeparam>
public interface IRemovableAggregator<in T, TAccumulator, out TResult> : IWindowAggregator<T, TAccumulator, TResult>
{
    /// <summary>Takes the oldest pane out of a window.</summary>
    /// <param name="window">The accumulator of the window; may be changed in place.</param>
    /// <param name="oldest">The accumulator of its oldest pane; not to be changed.</param>
    /// <returns>The accumulator of what is left.</returns>
    TAccumulator Remove(TAccumulator window, TAccumulator oldest);
}
