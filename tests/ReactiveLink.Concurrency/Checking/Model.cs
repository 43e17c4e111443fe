namespace ReactiveLink.Concurrency.Checking;

/// <summary>What a part is, for one thread: small enough to be plainly right.</summary>
internal abstract class Model
{
    public abstract Model Copy();

    /// <summary>Makes the effect, if its result is what it must be now.</summary>
    public abstract bool TryApply(Effect effect);

    /// <summary>Everything that later results depend on.</summary>
    public abstract void WriteKey(List<int> key);
}
