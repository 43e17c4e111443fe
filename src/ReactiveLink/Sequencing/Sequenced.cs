using ReactiveLink.Transport;

namespace ReactiveLink;

/// <summary>An item with what sequencing says of it.</summary>
/// <typeparam name="T">The item's type.</typeparam>
/// <param name="Value">The item.</param>
/// <param name="Sequence">Its sequence number as on the wire.</param>
/// <param name="Verdict">What sequencing says of it.</param>
/// <param name="Peer">The sender's sequence state: one object per peer, with its loss and jitter; null where nothing is tracked.</param>
public readonly record struct Sequenced<T>(T Value, ulong Sequence, Verdict Verdict, PeerSequence? Peer) : ILendableValue<Sequenced<T>>
{
    Func<Sequenced<T>, Sequenced<T>> ILendableValue<Sequenced<T>>.Keeper => static item => item.Keep();

    object ILendable.Keep() => Keep();

    internal Sequenced<T> Keep() => this with { Value = Lent.Keep(Value) };
}
