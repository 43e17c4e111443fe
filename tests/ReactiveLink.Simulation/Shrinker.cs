using ReactiveLink.Simulation.Scenarios;

namespace ReactiveLink.Simulation;

/// <summary>Leaves out of a failing scenario what it fails without.</summary>
/// <param name="run">Runs a seed with parts.</param>
internal sealed class Shrinker(Func<ulong, Parts, RunResult> run)
{
    /// <summary>Finds few parts with which a seed fails.</summary>
    /// <param name="seed">A seed that fails.</param>
    /// <param name="parts">With these parts.</param>
    /// <returns>Parts of which none can be left out alone.</returns>
    public Parts Shrink(ulong seed, Parts parts)
    {
        var isSmaller = true;
        while (isSmaller)
        {
            isSmaller = false;
            foreach (var part in CampaignOptions.SingleParts().Where(part => parts.HasFlag(part)))
            {
                if (Fails(seed, parts & ~part))
                {
                    parts &= ~part;
                    isSmaller = true;
                }
            }
        }

        return parts;
    }

    private bool Fails(ulong seed, Parts parts)
    {
        var first = run(seed, parts);
        return first.Violations.Count > 0 || run(seed, parts).Digest != first.Digest;
    }
}
