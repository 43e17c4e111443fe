using System.Collections.Immutable;

namespace ReactiveLink.Simulation.Scenarios;

/// <summary>Makes the scenario of a seed. A part that is switched off is left out; the rest stays as it is.</summary>
internal sealed class ScenarioMaker(ulong seed, Parts parts)
{
    public static Scenario Make(ulong seed, Parts parts = Parts.All) => new ScenarioMaker(seed, parts).Make();

    private Scenario Make()
    {
        var draw = new Draw(seed, "scenario");
        var length = draw.Time(500, 4000);
        var servers = draw.Chance(0.7) ? 1 : 2;
        var clients = draw.Between(1, 4);
        var start = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero) + draw.Time(0, 100_000);
        if (!parts.HasFlag(Parts.ManyClients))
        {
            (servers, clients) = (1, 1);
        }

        ImmutableArray<NodePlan> serverPlans = [.. Enumerable.Range(0, servers).Select(Server)];
        ImmutableArray<ClientPlan> clientPlans = [.. Enumerable.Range(0, clients).Select(index => Client(index, serverPlans, length))];
        return new Scenario(seed, parts, start, length, serverPlans, clientPlans, new IncidentMaker(seed, parts).Make(length, serverPlans, clientPlans));
    }

    private NodePlan Server(int index)
    {
        var draw = new Draw(seed, $"server {index}");
        var frame = draw.Between(0, 9) switch
        {
            < 4 => FrameFormat.CrcSequenced,
            < 6 => FrameFormat.Sequenced,
            6 => FrameFormat.SequencedZlib,
            7 => FrameFormat.Parse("crc-seq-zlib"),
            8 => draw.Pick(FrameFormat.CrcOnly, FrameFormat.None, FrameFormat.Parse("crc-zlib"), FrameFormat.Parse("zlib")),
            _ => FrameFormat.CrcSequenced,
        };
        IMessageCodec codec = draw.Chance(0.25) ? MessageCodecs.Json : MessageCodecs.Bytes;
        var link = new LinkMaker(seed, parts, $"server {index}").Make(frame, codec, isServer: true);
        return Node($"server{index}", $"10.0.{index}.1", isBehindNat: false, link);
    }

    private ClientPlan Client(int index, ImmutableArray<NodePlan> servers, TimeSpan length)
    {
        var draw = new Draw(seed, $"client {index}");
        var server = draw.Between(0, servers.Length - 1);
        var isBehindNat = draw.Chance(0.4) && parts.HasFlag(Parts.Nat);
        var count = draw.Between(8, draw.Chance(0.2) ? 160 : 60);
        var burst = draw.Chance(0.3) ? draw.Between(2, 8) : 1;
        var filler = draw.Pick(0, 20, 20, 100, 600);
        var pause = TimeSpan.FromTicks(Math.Max(1, length.Ticks * (1 + burst) / 2 / count));
        var hasFixedPort = draw.Chance(0.6);
        var beginsAnew = draw.Chance(0.6);
        var ofServer = servers[server].Link;
        var link = new LinkMaker(seed, parts, $"client {index}").Make(ofServer.Frame, ofServer.Codec, isServer: false);
        if (ofServer.Numbering is { } numbering)
        {
            link = link with { Numbering = Numbers(draw, numbering) };
        }

        var node = Node($"client{index}", isBehindNat ? $"192.168.{index}.2" : $"10.1.{index}.1", isBehindNat, link);
        return new ClientPlan(
            node,
            server,
            hasFixedPort,
            beginsAnew,
            new TrafficPlan(count, pause, burst, filler, draw.Chance(0.5) && ofServer.Codec.DataFormat == DataFormat.Binary),
            new ConditionsMaker(seed, parts, $"out {index}").Make(),
            new ConditionsMaker(seed, parts, $"back {index}").Make());
    }

    /// <summary>Each client begins its numbers somewhere else, mostly shortly before they wrap.</summary>
    private static NumberingPlan Numbers(Draw draw, NumberingPlan plan)
    {
        var initial = draw.Chance(0.6) ? plan.Space.Mask - (ulong)draw.Between(0, 40) : draw.Number();
        return plan with { Initial = initial & plan.Space.Mask };
    }

    private NodePlan Node(string name, string address, bool isBehindNat, LinkPlan link)
    {
        var draw = new Draw(seed, $"clock {name}");
        var isOff = draw.Chance(0.4) && parts.HasFlag(Parts.Drift);
        return new NodePlan(
            name,
            address,
            isBehindNat,
            isOff ? draw.Time(-60_000, 60_000) : TimeSpan.Zero,
            isOff ? draw.Pick(draw.Between(-0.001, 0.001), draw.Between(-0.3, 0.5)) : 0,
            link);
    }
}
