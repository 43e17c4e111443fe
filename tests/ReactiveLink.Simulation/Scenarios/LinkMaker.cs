using System.Collections.Immutable;

namespace ReactiveLink.Simulation.Scenarios;

/// <summary>Makes the plan of a link: its options, and what is composed over it.</summary>
internal sealed class LinkMaker(ulong seed, Parts parts, string name)
{
    public LinkPlan Make(FrameFormat frame, IMessageCodec codec, bool isServer)
    {
        var draw = Draws("link");
        var hasBounds = draw.Chance(0.3);
        var maximumDecompressed = draw.Pick(300, 400, 65_536);
        var maximumDatagram = draw.Pick(100, 300, 1000);
        var receiveBuffer = draw.Pick(1024, 4096, 100_000);
        var startsLate = draw.Chance(isServer ? 0.15 : 0.05);
        var startAfter = draw.Time(0, 500);
        var initial = draw.Between(0, 3) switch
        {
            0 => 0u,
            1 => (uint)draw.Number(),
            _ => uint.MaxValue - (uint)draw.Between(0, 50),
        };
        hasBounds &= parts.HasFlag(Parts.Bounds);
        return new LinkPlan
        {
            // A server may allow less than its clients send.
            Frame = frame with { MaximumDecompressedSize = hasBounds && isServer ? maximumDecompressed : 65_536 },
            Codec = codec,
            InitialSequence = initial,
            Sequencing = Sequencing(Draws("sequencing")),
            MaximumDatagramSize = hasBounds ? maximumDatagram : 65_535,
            ReceiveBufferSize = hasBounds ? receiveBuffer : 4 * 1024 * 1024,
            PayloadMemory = draw.Chance(0.3) ? PayloadMemory.Borrowed : PayloadMemory.Kept,
            StartAfter = startsLate && parts.HasFlag(Parts.LateStart) ? startAfter : null,
            StatisticsInterval = draw.Time(50, 800),
            ReplyEvery = isServer && draw.Chance(0.5) && parts.HasFlag(Parts.Replies) ? draw.Between(1, 5) : 0,
            SubscriberThrowsAt = draw.Chance(0.1) ? draw.Between(1, 30) : 0,
            Numbering = isServer ? Numbering(Draws("numbering")) : null,
            Resequence = Resequence(Draws("resequence")),
            Routes = Routes(Draws("routes"), isServer),
            Windows = Windows(Draws("windows"), isServer),
            Alerts = Alerts(Draws("alerts"), isServer),
        };
    }

    private SequenceOptions Sequencing(Draw draw)
    {
        var options = new SequenceOptions
        {
            Probation = draw.Pick(1, 2, 2, 3, 6),
            MaximumDropout = draw.Pick(3000, 3000, 100, draw.Between(2, 30)),
            MaximumMisorder = draw.Pick(100, 100, 128, 500, draw.Between(0, 20)),
        };

        // Of several tentative peers any may give way; so where peers are few, none is tentative.
        return draw.Chance(0.15) && parts.HasFlag(Parts.Bounds)
            ? options with { MaximumPeers = draw.Between(1, 3), Probation = 1, PeerIdleExpiry = draw.Time(600, 1500) }
            : draw.Chance(0.1) ? options with { PeerIdleExpiry = draw.Time(600, 1500) } : options;
    }

    private NumberingPlan? Numbering(Draw draw)
    {
        var space = draw.Pick(SequenceSpace.UInt8, SequenceSpace.UInt8, SequenceSpace.UInt16, SequenceSpace.UInt24, SequenceSpace.UInt32, SequenceSpace.UInt64);
        var plan = new NumberingPlan(space, 0, Sequencing(draw));
        return draw.Chance(0.5) && parts.HasFlag(Parts.Numbering) ? plan : null;
    }

    private ResequencePlan? Resequence(Draw draw)
    {
        var plan = new ResequencePlan(draw.Chance(0.4), draw.Pick(1, 2, 8, 64, draw.Between(2, 40)), draw.Pick(TimeSpan.Zero, draw.Time(1, 300), draw.RoundTime(5, 100)));
        return draw.Chance(0.7) && parts.HasFlag(Parts.Resequencing) ? plan : null;
    }

    private ImmutableArray<RoutePlan> Routes(Draw draw, bool isServer)
    {
        if (!draw.Chance(isServer ? 0.5 : 0.2) || !parts.HasFlag(Parts.Handlers))
        {
            return [];
        }

        return [.. Enumerable.Range(0, draw.Between(1, 3)).Select(_ =>
        {
            var of = draw.Between(1, 3);
            return new RoutePlan(
                draw.Pick(Enum.GetValues<HandlerKind>()),
                of,
                draw.Between(0, of - 1),
                draw.Pick(1, 3, 1000),
                draw.Pick(1, 1, 2, 10),
                draw.Time(20, 300),
                draw.Pick(Enum.GetValues<OverflowPolicy>()));
        })];
    }

    private ImmutableArray<WindowPlan> Windows(Draw draw, bool isServer)
    {
        if (!draw.Chance(isServer ? 0.8 : 0.3) || !parts.HasFlag(Parts.Windows))
        {
            return [];
        }

        return [.. Enumerable.Range(0, draw.Between(1, 2)).Select(_ =>
        {
            var every = draw.RoundTime(10, 400);
            var length = draw.Pick(every * draw.Between(1, 8), draw.RoundTime(5, 900));
            return new WindowPlan(
                draw.Pick(Enum.GetValues<WindowKind>()),
                length,
                every,
                draw.Between(1, 20),
                draw.Between(1, 20),
                draw.Between(1, 3),
                draw.Time(100, 1500),
                draw.Chance(0.5),
                draw.Chance(0.5),
                draw.Time(0, 100),
                draw.Pick(TimeSpan.Zero, draw.Time(1, 300), draw.Time(300, 3000)));
        })];
    }

    private ImmutableArray<AlertPlan> Alerts(Draw draw, bool isServer)
    {
        if (!draw.Chance(isServer ? 0.7 : 0.3) || !parts.HasFlag(Parts.Alerts))
        {
            return [];
        }

        return [.. Enumerable.Range(0, draw.Between(1, 2)).Select(_ =>
        {
            var fire = draw.Between(-8.0, 8.0);
            return new AlertPlan(
                draw.Chance(0.5),
                draw.Chance(0.3),
                draw.Chance(0.3),
                fire,
                fire - draw.Between(0.0, 8.0),
                draw.Pick(TimeSpan.Zero, draw.Time(1, 400), draw.RoundTime(1, 200)),
                draw.Pick(TimeSpan.Zero, draw.Time(1, 400), draw.RoundTime(1, 200)),
                draw.Chance(0.5) ? draw.Time(50, 800) : null,

                // Never at the tick of an item: a key that is forgotten unseen makes room, or does not, by whose turn it is.
                draw.Time(200, 1500) + TimeSpan.FromTicks(1),
                draw.Between(1, 3));
        })];
    }

    private Draw Draws(string what) => new(seed, $"{name} {what}");
}
