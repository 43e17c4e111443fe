namespace ReactiveLink.Concurrency.Checking;

/// <summary>What a part is, for one thread: small enough to be plainly right.</summary>
internal abstract class Model
{
    public abstract Model Copy();

    /// <summary>Makes the effect, if its result is what it must be now.</summary>
    public abstract bool TryApply(Effect effect);

    /// <summary>Whether the effect does nothing, now and whenever: then it is made at once, and no other order is tried.</summary>
    public virtual bool IsIdle(Effect effect) => false;

    /// <summary>Everything that later results depend on.</summary>
    public abstract void WriteKey(List<int> key);
}
