using FsCheck;
using FsCheck.Fluent;

namespace ReactiveLink.Tests.Sequencing;

/// <summary>Streams with loss, duplication and reordering inside the window, judged by one who knows what was sent.</summary>
public sealed class SequenceOracleTests
{
    [Theory]
    [InlineData(8)]
    [InlineData(16)]
    [InlineData(24)]
    [InlineData(32)]
    [InlineData(64)]
    public void Loss_duplicates_and_lateness_are_exact(int bits)
    {
        var space = SequenceTrackerTests.Space(bits);
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            Judge(space, Disturbed(random, count: 2000), start: (ulong)random.NextInt64() & space.Mask);
        }
    }

    /// <summary>Every number behind, one by one, after a jump of each length: those that came are duplicates, the others late.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(100)]
    [InlineData(127)]
    [InlineData(128)]
    [InlineData(300)]
    public void Which_numbers_came_is_known_over_jumps_of_any_length(int misorder)
    {
        for (var jump = 1UL; jump <= 320; jump++)
        {
            var tracker = new SequenceTracker(SequenceSpace.UInt16, new SequenceOptions { MaximumMisorder = misorder, Probation = 1 });
            HashSet<ulong> came = [];
            foreach (var number in (ulong[])[0, 1, 3, 66, 67, 200, 200 + jump])
            {
                tracker.Observe(number);
                came.Add(number);
            }

            var highest = 200 + jump;
            for (var number = highest - Math.Min((ulong)misorder, highest); number < highest; number++)
            {
                Assert.Equal(came.Contains(number) ? Verdict.Duplicate : Verdict.Late, tracker.Observe(number));
            }
        }
    }

    [Fact]
    public void Any_numbers_keep_the_account() =>
        Prop.ForAll<int[]>(numbers =>
        {
            var tracker = new SequenceTracker(SequenceSpace.UInt8);
            long gapSum = 0;
            foreach (var number in numbers)
            {
                var verdict = tracker.Observe(unchecked((ulong)number));
                gapSum += (long)verdict.Lost;
            }

            var statistics = tracker.Statistics;
            return statistics.Received == numbers.Length
                && statistics.Lost >= 0
                && statistics.Lost <= gapSum
                && gapSum - statistics.Lost <= statistics.Late;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_tracker_never_says_in_order_twice_of_one_number_in_a_run() =>
        Prop.ForAll<byte[]>(steps =>
        {
            // Small steps forward and back stay in the window, so there is one run: each number is delivered as new at most once.
            var tracker = new SequenceTracker(SequenceSpace.UInt64, new SequenceOptions { Probation = 1 });
            var seen = new HashSet<ulong>();
            var position = 1_000_000UL;
            foreach (var step in steps)
            {
                position = unchecked(position + (ulong)((step % 9) - 3));
                if (tracker.HighestSequence is { } highest && highest > position + 100)
                {
                    position = highest;
                }

                var isNew = tracker.Observe(position).Kind != VerdictKind.Duplicate;
                if (isNew != seen.Add(position))
                {
                    return false;
                }
            }

            return true;
        }).QuickCheckThrowOnFailure();

    /// <summary>Positions in the order in which they arrive: lost ones never, some twice, some up to 30 places late.</summary>
    internal static List<long> Disturbed(Random random, int count)
    {
        var arrivals = new List<(double At, long Position)>();
        for (long position = 0; position < count; position++)
        {
            // The first two are kept in place: where a run begins is for other tests.
            var quiet = position < 2;
            if (!quiet && random.Next(100) < 10)
            {
                continue;
            }

            var at = position + (!quiet && random.Next(100) < 10 ? 1.5 + (random.NextDouble() * 28) : 0);
            arrivals.Add((at, position));
            if (!quiet && random.Next(100) < 5)
            {
                arrivals.Add((at + 0.1 + (random.NextDouble() * 28), position));
            }
        }

        return [.. arrivals.OrderBy(arrival => arrival.At).Select(arrival => arrival.Position)];
    }

    private static void Judge(SequenceSpace space, List<long> arrivals, ulong start)
    {
        var tracker = new SequenceTracker(space);
        var received = new HashSet<long>();
        long highest = -1;
        foreach (var position in arrivals)
        {
            Verdict expected;
            if (!received.Add(position))
            {
                expected = Verdict.Duplicate;
            }
            else if (position > highest)
            {
                expected = position == highest + 1 ? Verdict.InOrder : Verdict.Gap((ulong)(position - highest - 1));
                highest = position;
            }
            else
            {
                expected = Verdict.Late;
            }

            Assert.Equal(expected, tracker.Observe(unchecked(start + (ulong)position) & space.Mask));
        }

        Assert.Equal(highest + 1 - received.Count, tracker.Statistics.Lost);
        Assert.Equal(arrivals.Count - received.Count, tracker.Statistics.Duplicates);
        Assert.Equal(highest + 1, tracker.Statistics.Expected);
    }
}
