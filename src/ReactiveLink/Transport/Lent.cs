namespace ReactiveLink.Transport;

/// <summary>Payloads that are lent, for operators that hold or queue items.</summary>
internal static class Lent
{
    /// <summary>What may be held after OnNext: a copy of an item whose payload is lent, and any other item as it is.</summary>
    public static T Keep<T>(T item)
    {
        if (typeof(T).IsValueType)
        {
            return Values<T>.Keeper is { } keep ? keep(item) : item;
        }

        return item is ILendable lendable ? (T)lendable.Keep() : item;
    }

    /// <summary>The same bytes in a copy, if a part lies in what was copied; otherwise the part itself, which has memory of its own.</summary>
    public static ReadOnlyMemory<byte> Move(ReadOnlyMemory<byte> part, ReadOnlyMemory<byte> original, ReadOnlyMemory<byte> copy)
    {
        if (!original.Span.Overlaps(part.Span, out var offset))
        {
            // Nothing lies nowhere, but would hold on to the memory that it was cut from.
            return part.IsEmpty ? default : part;
        }

        return offset >= 0 && part.Length <= copy.Length - offset ? copy.Slice(offset, part.Length) : part.ToArray();
    }

    private static class Values<T>
    {
        public static readonly Func<T, T>? Keeper = (default(T) as ILendableValue<T>)?.Keeper;
    }
}
