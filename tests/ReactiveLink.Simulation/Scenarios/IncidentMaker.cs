using System.Collections.Immutable;

namespace ReactiveLink.Simulation.Scenarios;

/// <summary>Makes what happens at some time: crashes, partitions, NATs that rebind, clocks that are set.</summary>
internal sealed class IncidentMaker(ulong seed, Parts parts)
{
    public ImmutableArray<Incident> Make(TimeSpan length, ImmutableArray<NodePlan> servers, ImmutableArray<ClientPlan> clients)
    {
        List<Incident> incidents = [];
        foreach (var client in clients)
        {
            var name = client.Node.Name;
            Add(incidents, length, IncidentKind.Crash, Parts.Crashes, name, 0.35, 2, 1, 400);
            Add(incidents, length, IncidentKind.PartitionOut, Parts.Partitions, name, 0.2, 2, 1, 600);
            Add(incidents, length, IncidentKind.PartitionBack, Parts.Partitions, name, 0.2, 2, 1, 600);
            Add(incidents, length, IncidentKind.ClockStep, Parts.ClockSteps, name, 0.2, 2, -600_000, 600_000);
            if (client.Node.IsBehindNat)
            {
                Add(incidents, length, IncidentKind.NatRebind, Parts.Nat, name, 0.6, 3, 0, 0);
            }
        }

        foreach (var server in servers)
        {
            Add(incidents, length, IncidentKind.Crash, Parts.Crashes, server.Name, 0.15, 1, 1, 400);

            // Years, too: nobody may measure a duration by this clock.
            Add(incidents, length, IncidentKind.ClockStep, Parts.ClockSteps, server.Name, 0.3, 3, -3e11, 3e11);
        }

        return [.. incidents.OrderBy(incident => incident.At)];
    }

    private void Add(
        List<Incident> incidents, TimeSpan length, IncidentKind kind, Parts part, string node, double probability, int most, double leastFor, double mostFor)
    {
        var draw = new Draw(seed, $"{kind} {node}");
        if (!draw.Chance(probability) || !parts.HasFlag(part))
        {
            return;
        }

        for (var left = draw.Between(1, most); left > 0; left--)
        {
            incidents.Add(new Incident(draw.Time(0, length.TotalMilliseconds), kind, node, draw.Time(leastFor, mostFor)));
        }
    }
}
