namespace ReactiveLink.Simulation.Probes;

/// <summary>
/// Compares what an operator puts out with what a reference says, as it happens: each output must have a cause, an item that is just being passed in or a time that
/// has come, and each cause must have its outputs before anything else happens.
/// </summary>
internal sealed class Causes<TOut>(Journal journal, string rule, string name, Func<TOut, TOut, bool>? areInterchangeable = null)
    where TOut : notnull
{
    private bool _isInside;

    /// <summary>What must come out now.</summary>
    public List<TOut> Expected { get; } = [];

    /// <summary>An item goes in; <see cref="Expected"/> has what it should bring.</summary>
    public void Begin() => _isInside = true;

    /// <summary>It is through.</summary>
    public void End()
    {
        _isInside = false;
        Settle();
    }

    /// <summary>Nothing may be missing.</summary>
    public void Settle()
    {
        foreach (var missing in Expected)
        {
            journal.Violate(rule, name, $"missing: {missing}");
        }

        Expected.Clear();
    }

    /// <summary>Something came out.</summary>
    /// <param name="output">What.</param>
    /// <param name="byTime">Called where no item goes in: adds to <see cref="Expected"/> what time alone brings.</param>
    public void Seen(TOut output, Action byTime)
    {
        if (Expected.Count == 0 && !_isInside)
        {
            byTime();
        }

        for (var index = 0; index < Expected.Count; index++)
        {
            if (Expected[index].Equals(output))
            {
                Expected.RemoveAt(index);
                return;
            }

            if (areInterchangeable?.Invoke(Expected[index], output) != true)
            {
                break;
            }
        }

        journal.Violate(rule, name, Expected.Count == 0 ? $"{output} came without a cause" : $"{output} came, should be {Expected[0]}");
        if (Expected.Count > 0)
        {
            Expected.RemoveAt(0);
        }
    }
}
