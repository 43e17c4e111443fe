namespace ReactiveLink.Testing;

/// <summary>What happened to an item in <c>Impair</c>.</summary>
/// <typeparam name="T">The items' type.</typeparam>
/// <param name="Kind">
/// <see cref="NetworkEventKind.Delivered"/>, <see cref="NetworkEventKind.Lost"/>, <see cref="NetworkEventKind.Duplicated"/>, <see cref="NetworkEventKind.HeldBack"/>,
/// <see cref="NetworkEventKind.Corrupted"/>, <see cref="NetworkEventKind.Reordered"/> or <see cref="NetworkEventKind.InFlightFull"/>.
/// </param>
/// <param name="At">When, by the scheduler's clock.</param>
/// <param name="Ordinal">Which item of the subscription it is, from 1.</param>
/// <param name="Item">The item as it is now.</param>
public readonly record struct ImpairmentEvent<T>(NetworkEventKind Kind, DateTimeOffset At, long Ordinal, T Item);
