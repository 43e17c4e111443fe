using System.Diagnostics.CodeAnalysis;
using ReactiveLink.Simulation.Scenarios;

namespace ReactiveLink.Simulation;

/// <summary>Which seeds run.</summary>
/// <param name="Seeds">How many.</param>
/// <param name="First">The first.</param>
/// <param name="Time">How long at most, or null.</param>
/// <param name="Parts">What scenarios are made of.</param>
/// <param name="Threads">How many run at once.</param>
internal sealed record CampaignOptions(long Seeds, ulong First, TimeSpan? Time, Parts Parts, int Threads)
{
    /// <summary>Makes options of what the command line says.</summary>
    public static bool TryMake(
        long seeds, ulong first, double? minutes, string without, int threads, [NotNullWhen(true)] out CampaignOptions? options, [NotNullWhen(false)] out string? error)
    {
        options = null;
        error = seeds < 1 ? "--seeds must be at least 1."
            : threads < 1 ? "--threads must be at least 1."
            : minutes is <= 0 or > 1_000_000 ? "--minutes must be more than 0 and at most 1000000."
            : null;
        var parts = Parts.All;
        foreach (var name in without.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (!Enum.TryParse<Parts>(name, ignoreCase: true, out var part) || !SingleParts().Contains(part))
            {
                error ??= $"There is no part \"{name}\": --without takes {string.Join(", ", SingleParts())}.";
            }

            parts &= ~part;
        }

        if (error is not null)
        {
            return false;
        }

        options = new CampaignOptions(seeds, first, minutes is { } m ? TimeSpan.FromMinutes(m) : null, parts, threads);
        return true;
    }

    /// <summary>Every part that can be left out.</summary>
    public static IEnumerable<Parts> SingleParts() => Enum.GetValues<Parts>().Where(part => part is not (Parts.None or Parts.All));
}
