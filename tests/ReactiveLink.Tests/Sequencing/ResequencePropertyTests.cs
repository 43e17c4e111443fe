using System.Reactive.Linq;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Reactive.Testing;

namespace ReactiveLink.Tests.Sequencing;

public sealed class ResequencePropertyTests : ReactiveTest
{
    /// <summary>Whatever comes: the output ascends per peer between restarts, its verdicts are true of it, and output and faults together are the input.</summary>
    [Fact]
    public void Any_input_is_ordered_and_nothing_is_lost_silently() =>
        Prop.ForAll<(byte Peer, byte Step, byte Wait)[], PositiveInt, NonNegativeInt>((steps, depth, patience) =>
        {
            var position = new ulong[3];
            var input = steps.Select(step =>
            {
                // Mostly near the last number, now and then far off.
                var jump = step.Step < 240 ? (step.Step % 7) - 2 : step.Step * 37;
                ref var at = ref position[step.Peer % 3];
                at = unchecked(at + (ulong)jump) & 0xFF;
                return (step.Peer % 3, at, step.Wait % 5);
            }).ToList();
            Check(input, SequenceSpace.UInt8, 1 + (depth.Get % 10), patience.Get % 20);
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(8)]
    [InlineData(16)]
    [InlineData(64)]
    public void Disturbed_streams_come_out_in_order(int bits)
    {
        var space = SequenceTrackerTests.Space(bits);
        for (var seed = 0; seed < 30; seed++)
        {
            var random = new Random(seed);
            var start = (ulong)random.NextInt64() & space.Mask;
            var arrivals = SequenceOracleTests.Disturbed(random, 1000);
            var input = arrivals.Select(position => (0, unchecked(start + (ulong)position) & space.Mask, 1)).ToList();

            // With patience for all reordering every number that was not lost comes out.
            var output = Check(input, space, depth: 200, patience: 200);
            Assert.Equal(arrivals.Distinct().Order(), output.Select(item => arrivals[item]));
            Check(input, space, depth: 5, patience: 200);
            Check(input, space, depth: 200, patience: 7);
        }
    }

    /// <summary>Runs the items, each some ticks after the one before, and checks what must always hold. Gives the indices that came out.</summary>
    private static List<int> Check(List<(int Peer, ulong Number, int Wait)> input, SequenceSpace space, int depth, int patience)
    {
        var scheduler = new TestScheduler();
        var time = 210L;
        var messages = input.Select((item, index) => OnNext(time += item.Wait, index)).ToList();
        var source = scheduler.CreateHotObservable([.. messages, OnCompleted<int>(time + 5)]);
        var output = new List<(long Time, Sequenced<int> Item)>();
        var refused = 0;
        var ended = false;
        using var subscription = source.TrackSequence(i => input[i].Peer, i => input[i].Number, space, scheduler: scheduler)
            .Resequence(depth, TimeSpan.FromTicks(patience), scheduler, System.Reactive.Observer.Create<Fault>(fault => refused += (int)fault.Count))
            .Subscribe(item => output.Add((scheduler.Clock, item)), () => ended = true);

        scheduler.Start();

        Assert.True(ended);
        Assert.Equal(input.Count, output.Count + refused);
        Assert.Equal(output.Count, output.Select(item => item.Item.Value).Distinct().Count());
        var last = new Dictionary<PeerSequence, ulong>();
        foreach (var (at, item) in output)
        {
            Assert.InRange(at - messages[item.Value].Time, 0, patience);
            if (!last.TryGetValue(item.Peer!, out var previous))
            {
                Assert.Equal(Verdict.InOrder, item.Verdict);
            }
            else if (item.Verdict.Kind != VerdictKind.Restart)
            {
                var ahead = space.Distance(previous, item.Sequence);
                Assert.True(ahead > 0, $"{item.Sequence} after {previous}");
                Assert.Equal(ahead == 1 ? Verdict.InOrder : Verdict.Gap((ulong)ahead - 1), item.Verdict);
            }

            last[item.Peer!] = item.Sequence;
        }

        return [.. output.Select(item => item.Item.Value)];
    }
}
