namespace ReactiveLink.Fuzz;

/// <summary>
/// A parser that is fed. An input says everything: the same bytes check the same, alone or in a run. One instance is used by one thread.
/// </summary>
internal abstract class FuzzTarget
{
    /// <summary>The word for it on the command line.</summary>
    public abstract string Name { get; }

    /// <summary>An input; the same for the same random numbers.</summary>
    public abstract byte[] Generate(SeededRandom random);

    /// <summary>Parses the input and checks what came of it. Any exception is a finding.</summary>
    /// <returns>Whether the parser took the input.</returns>
    public abstract bool Check(byte[] input);

    /// <summary>The most bytes that a check may allocate, its own included.</summary>
    public virtual long MaximumAllocation(int length) => 2_000_000 + (length * 200L);
}
