namespace ReactiveLink.Concurrency.Checking;

/// <summary>
/// Something that happened at one moment between two times. Most calls are one effect; one that is documented as two moments (a place is taken, then the item goes
/// in) is two, the second after the first.
/// </summary>
internal sealed class Effect(string name, int thread, int begin)
{
    public string Name => name;

    public int Thread => thread;

    public int Begin { get; set; } = begin;

    /// <summary>Later than everything while the call has not returned.</summary>
    public int End { get; set; } = int.MaxValue;

    public int A { get; init; }

    public int B { get; init; }

    public int Result { get; set; }

    /// <summary>For results that are no number.</summary>
    public IReadOnlyList<int> Results { get; set; } = [];

    /// <summary>The effect that comes before this one, if it is one of several of a call.</summary>
    public Effect? After { get; init; }

    public override string ToString() =>
        $"{name}({A}{(B != 0 ? $", {B}" : "")}){(End == int.MaxValue ? " …" : $" = {(Results.Count > 0 ? $"[{string.Join(' ', Results)}]" : Result)}")}";
}
