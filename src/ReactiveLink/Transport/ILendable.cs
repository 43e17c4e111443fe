namespace ReactiveLink.Transport;

/// <summary>A value whose payload may be lent: valid only during OnNext.</summary>
internal interface ILendable
{
    /// <summary>What may be held after OnNext, of the value's own type.</summary>
    object Keep();
}

/// <summary>A struct whose payload may be lent. Asked once for each type, on its default value, so that no item is boxed.</summary>
/// <typeparam name="T">The struct itself.</typeparam>
internal interface ILendableValue<T> : ILendable
{
    /// <summary>Makes what may be held after OnNext of any value of the type.</summary>
    Func<T, T> Keeper { get; }
}
