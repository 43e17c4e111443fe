namespace ReactiveLink.Tests.Sequencing;

public sealed class SequenceTrackerTests
{
    private static readonly SequenceOptions NoProbation = new() { Probation = 1 };

    public static TheoryData<int> Widths => [8, 16, 24, 32, 64];

    [Fact]
    public void ArgumentChecking() => Assert.Throws<ArgumentNullException>(() => new SequenceTracker(null!));

    [Fact]
    public void Before_the_first_number_nothing_is_known()
    {
        var tracker = new SequenceTracker(SequenceSpace.UInt16);

        Assert.Null(tracker.HighestSequence);
        Assert.Null(tracker.ExpectedSequence);
        Assert.Equal(default, tracker.Statistics);
        Assert.Same(SequenceSpace.UInt16, tracker.Space);
    }

    /// <summary>A row is a number, counted from the largest of the space, and what it must be: the run passes the wrap in every space.</summary>
    [Theory]
    [MemberData(nameof(Widths))]
    public void Wrap(int bits)
    {
        var space = Space(bits);
        var tracker = new SequenceTracker(space);
        (long Offset, Verdict Expected)[] rows =
        [
            (-3, Verdict.InOrder),
            (-2, Verdict.InOrder),
            (-2, Verdict.Duplicate),
            (0, Verdict.Gap(1)),
            (-1, Verdict.Late),
            (-1, Verdict.Duplicate),
            (1, Verdict.InOrder),
            (2, Verdict.InOrder),
            (6, Verdict.Gap(3)),
            (0, Verdict.Duplicate),
            (4, Verdict.Late),
            (-4, Verdict.Late),
            (-4, Verdict.Duplicate),
            (7, Verdict.InOrder),
            (1, Verdict.Duplicate),
            (57, Verdict.Gap(49)),
            (58, Verdict.InOrder),
            (8, Verdict.Late),
            (4, Verdict.Duplicate),
        ];

        foreach (var (offset, expected) in rows)
        {
            Assert.Equal(expected, tracker.Observe(unchecked(space.Mask + (ulong)offset) & space.Mask));
        }

        // Lost: 1 + 3 + 49, given back for -1, 4 and 8; -4 was before the first number, so nothing was lost for it.
        Assert.Equal(new SequenceStatistics(InOrder: 6, Gaps: 3, Lost: 50, Duplicates: 6, Late: 4, Restarts: 0), tracker.Statistics);
        Assert.Equal(57UL, tracker.HighestSequence);
        Assert.Equal(58UL, tracker.ExpectedSequence);
    }

    [Theory]
    [InlineData(16)]
    [InlineData(24)]
    [InlineData(32)]
    [InlineData(64)]
    public void Edges_of_the_window(int bits)
    {
        var space = Space(bits);
        foreach (var start in new ulong[] { 0, 10, space.Mask - 50, (space.Mask >> 1) + 1 })
        {
            AssertEdge(space, start, 2999, Verdict.Gap(2998));
            AssertEdge(space, start, 3000, Verdict.Late);
            AssertEdge(space, start, -100, Verdict.Late);
            AssertEdge(space, start, -101, Verdict.Late);
            Assert.Equal(Verdict.Duplicate, SecondTime(space, start, -100));
            Assert.Equal(Verdict.Late, SecondTime(space, start, -101));
        }
    }

    [Fact]
    public void In_8_bits_a_dropout_is_less_than_half_the_space()
    {
        AssertEdge(SequenceSpace.UInt8, 0, 127, Verdict.Gap(126));
        AssertEdge(SequenceSpace.UInt8, 0, 128, Verdict.Late);
        AssertEdge(SequenceSpace.UInt8, 200, 127, Verdict.Gap(126));
        AssertEdge(SequenceSpace.UInt8, 200, -100, Verdict.Late);

        // 128 ahead of 1 is a stray twice, then its successor a restart.
        var tracker = Established(SequenceSpace.UInt8, 0);
        Assert.Equal(Verdict.Late, tracker.Observe(129));
        Assert.Equal(Verdict.Restart, tracker.Observe(130));
    }

    [Fact]
    public void In_8_bits_ten_rounds_with_loss_are_counted_exactly()
    {
        var tracker = new SequenceTracker(SequenceSpace.UInt8);
        long lost = 0;
        for (ulong i = 0; i < 2560; i++)
        {
            if (i % 7 == 3)
            {
                lost++;
            }
            else
            {
                tracker.Observe(i & 0xFF);
            }
        }

        Assert.Equal(lost, tracker.Statistics.Lost);
        Assert.Equal(2560 - lost, tracker.Statistics.Received);
        Assert.Equal(0, tracker.Statistics.Restarts + tracker.Statistics.Late + tracker.Statistics.Duplicates);
    }

    [Fact]
    public void One_stray_datagram_does_not_move_the_expectation()
    {
        var tracker = Established(SequenceSpace.UInt32, 1000);

        Assert.Equal(Verdict.Late, tracker.Observe(4_000_000_000));
        Assert.Equal(1002UL, tracker.ExpectedSequence);
        Assert.Equal(Verdict.InOrder, tracker.Observe(1002));
        Assert.Equal(0, tracker.Statistics.Lost);
    }

    [Fact]
    public void Two_strays_far_apart_in_time_do_not_make_a_restart()
    {
        var tracker = Established(SequenceSpace.UInt32, 1000);

        Assert.Equal(Verdict.Late, tracker.Observe(4_000_000_000));
        Assert.Equal(Verdict.InOrder, tracker.Observe(1002));
        Assert.Equal(Verdict.Late, tracker.Observe(4_000_000_001));
        Assert.Equal(Verdict.InOrder, tracker.Observe(1003));
    }

    [Fact]
    public void Strays_that_do_not_follow_each_other_never_make_a_restart()
    {
        var tracker = Established(SequenceSpace.UInt32, 1000);
        var random = new Random(3);
        for (var i = 0; i < 10_000; i++)
        {
            Assert.Equal(Verdict.Late, tracker.Observe(100_000 + ((ulong)random.Next(1_000_000) * 2)));
        }

        Assert.Equal(Verdict.InOrder, tracker.Observe(1002));
    }

    [Fact]
    public void A_sender_that_restarts_is_a_restart_at_its_second_number()
    {
        var tracker = Established(SequenceSpace.UInt32, 50_000);
        tracker.Observe(50_005);

        Assert.Equal(Verdict.Late, tracker.Observe(0));
        Assert.Equal(Verdict.Restart, tracker.Observe(1));
        Assert.Equal(Verdict.InOrder, tracker.Observe(2));
        Assert.Equal(Verdict.Duplicate, tracker.Observe(0));
        Assert.Equal(Verdict.Duplicate, tracker.Observe(1));
        Assert.Equal(Verdict.Gap(1), tracker.Observe(4));
        Assert.Equal(Verdict.Late, tracker.Observe(3));

        // Before the first of the new run: late, and nothing to give back; what the old run lost stays.
        Assert.Equal(Verdict.Late, tracker.Observe(uint.MaxValue));
        Assert.Equal(new SequenceStatistics(InOrder: 3, Gaps: 2, Lost: 3, Duplicates: 2, Late: 3, Restarts: 1), tracker.Statistics);
    }

    [Fact]
    public void A_late_number_between_the_first_two_of_a_restart_does_not_hold_it_up()
    {
        var tracker = Established(SequenceSpace.UInt32, 50_000);
        tracker.Observe(50_003);

        Assert.Equal(Verdict.Late, tracker.Observe(0));
        Assert.Equal(Verdict.Late, tracker.Observe(50_002));
        Assert.Equal(Verdict.Restart, tracker.Observe(1));
    }

    [Fact]
    public void A_reordered_restart_is_found_at_the_next_pair()
    {
        var tracker = Established(SequenceSpace.UInt16, 50_000);

        Assert.Equal(Verdict.Late, tracker.Observe(1));
        Assert.Equal(Verdict.Late, tracker.Observe(0));
        Assert.Equal(Verdict.Late, tracker.Observe(2));
        Assert.Equal(Verdict.Restart, tracker.Observe(3));
        Assert.Equal(Verdict.InOrder, tracker.Observe(4));
    }

    [Fact]
    public void A_restart_across_the_wrap()
    {
        var tracker = Established(SequenceSpace.UInt24, 5000);

        Assert.Equal(Verdict.Late, tracker.Observe(0xFFFFFF));
        Assert.Equal(Verdict.Restart, tracker.Observe(0));
        Assert.Equal(Verdict.Duplicate, tracker.Observe(0xFFFFFF));
        Assert.Equal(Verdict.InOrder, tracker.Observe(1));
    }

    [Fact]
    public void A_forged_first_datagram_does_not_hold_up_the_peer()
    {
        var tracker = new SequenceTracker(SequenceSpace.UInt32);

        Assert.Equal(Verdict.InOrder, tracker.Observe(3_000_000_000));
        Assert.Equal(Verdict.InOrder, tracker.Observe(7));
        Assert.Equal(Verdict.InOrder, tracker.Observe(8));

        // Now established: one forged datagram more does nothing.
        Assert.Equal(Verdict.Late, tracker.Observe(3_000_000_001));
        Assert.Equal(Verdict.InOrder, tracker.Observe(9));
        Assert.Equal(0, tracker.Statistics.Lost);
    }

    [Fact]
    public void A_gap_in_probation_is_a_gap_and_begins_probation_anew()
    {
        var tracker = new SequenceTracker(SequenceSpace.UInt16, new SequenceOptions { Probation = 3 });

        Assert.Equal(Verdict.InOrder, tracker.Observe(10));
        Assert.Equal(Verdict.InOrder, tracker.Observe(11));
        Assert.Equal(Verdict.Gap(2), tracker.Observe(14));
        Assert.Equal(Verdict.InOrder, tracker.Observe(15));
        Assert.Equal(Verdict.InOrder, tracker.Observe(40_000));
        Assert.Equal(Verdict.InOrder, tracker.Observe(40_001));
        Assert.Equal(Verdict.InOrder, tracker.Observe(40_002));
        Assert.Equal(Verdict.Late, tracker.Observe(10));
        Assert.Equal(2, tracker.Statistics.Lost);
    }

    [Fact]
    public void With_a_probation_of_one_the_first_number_is_believed()
    {
        var tracker = new SequenceTracker(SequenceSpace.UInt32, NoProbation);

        tracker.Observe(5);
        Assert.Equal(Verdict.Late, tracker.Observe(1_000_000));
        Assert.Equal(Verdict.InOrder, tracker.Observe(6));
    }

    [Fact]
    public void Without_misorder_only_the_highest_can_be_a_duplicate()
    {
        var tracker = new SequenceTracker(SequenceSpace.UInt16, new SequenceOptions { MaximumMisorder = 0 });
        tracker.Observe(5);
        tracker.Observe(6);

        Assert.Equal(Verdict.Duplicate, tracker.Observe(6));
        Assert.Equal(Verdict.Late, tracker.Observe(5));
        Assert.Equal(Verdict.InOrder, tracker.Observe(7));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(127)]
    [InlineData(128)]
    [InlineData(129)]
    [InlineData(1000)]
    [InlineData(32_767)]
    public void The_whole_window_is_remembered_at_any_width(int misorder)
    {
        // Every second number comes; then all of the window again: those that came are duplicates, the others late and then duplicates.
        var tracker = new SequenceTracker(SequenceSpace.UInt32, new SequenceOptions { MaximumMisorder = misorder });
        const ulong start = uint.MaxValue - 500UL;
        ulong highest = start;
        tracker.Observe(start & uint.MaxValue);
        tracker.Observe((start + 1) & uint.MaxValue);
        for (var i = 3UL; i < 70_000; i += 2)
        {
            Assert.Equal(Verdict.Gap(1), tracker.Observe((start + i) & uint.MaxValue));
            highest = start + i;
        }

        var lost = tracker.Statistics.Lost;
        for (var behind = 1; behind <= misorder; behind++)
        {
            var number = (highest - (ulong)behind) & uint.MaxValue;
            Assert.Equal(behind % 2 == 0 ? Verdict.Duplicate : Verdict.Late, tracker.Observe(number));
            Assert.Equal(Verdict.Duplicate, tracker.Observe(number));
        }

        Assert.Equal(lost - ((misorder + 1) / 2), tracker.Statistics.Lost);
    }

    [Theory]
    [InlineData(100)]
    [InlineData(1000)]
    public void A_jump_past_the_whole_window_forgets_it(int misorder)
    {
        var tracker = new SequenceTracker(SequenceSpace.UInt32, new SequenceOptions { MaximumMisorder = misorder });
        for (var i = 0UL; i < 300; i++)
        {
            tracker.Observe(i);
        }

        Assert.Equal(Verdict.Gap(2700), tracker.Observe(2999 + 1));
        Assert.Equal(Verdict.Late, tracker.Observe(2950));
        Assert.Equal(Verdict.Late, tracker.Observe(2999));
        Assert.Equal(2698, tracker.Statistics.Lost);
    }

    [Fact]
    public void Bits_outside_the_space_are_ignored()
    {
        var tracker = new SequenceTracker(SequenceSpace.UInt8);

        tracker.Observe(0x1FE);
        Assert.Equal(Verdict.InOrder, tracker.Observe(0x3FF));
        Assert.Equal(Verdict.InOrder, tracker.Observe(0x700));
        Assert.Equal(0UL, tracker.HighestSequence);
    }

    [Fact]
    public void Distances_in_64_bits_are_exact()
    {
        var tracker = Established(SequenceSpace.UInt64, ulong.MaxValue - 1);

        Assert.Equal(ulong.MaxValue, tracker.HighestSequence);
        Assert.Equal(Verdict.Late, tracker.Observe(1UL << 63));
        Assert.Equal(Verdict.Late, tracker.Observe(ulong.MaxValue - 101));
        Assert.Equal(Verdict.Gap(2998), tracker.Observe(2998));
        Assert.Equal(Verdict.Late, tracker.Observe(2997));
        Assert.Equal(2997, tracker.Statistics.Lost);
    }

    internal static SequenceSpace Space(int bits) => bits switch
    {
        8 => SequenceSpace.UInt8,
        16 => SequenceSpace.UInt16,
        24 => SequenceSpace.UInt24,
        32 => SequenceSpace.UInt32,
        _ => SequenceSpace.UInt64,
    };

    /// <summary>A tracker past its probation, that has seen <paramref name="first"/> and its successor.</summary>
    private static SequenceTracker Established(SequenceSpace space, ulong first)
    {
        var tracker = new SequenceTracker(space);
        tracker.Observe(first);
        tracker.Observe(space.Next(first));
        return tracker;
    }

    private static void AssertEdge(SequenceSpace space, ulong highest, long offset, Verdict expected)
    {
        var tracker = Established(space, unchecked(highest - 1) & space.Mask);
        Assert.Equal(expected, tracker.Observe(unchecked(highest + (ulong)offset) & space.Mask));
    }

    /// <summary>A number believed the first time is a duplicate the second.</summary>
    private static Verdict SecondTime(SequenceSpace space, ulong highest, long offset)
    {
        var tracker = Established(space, unchecked(highest - 1) & space.Mask);
        tracker.Observe(unchecked(highest + (ulong)offset) & space.Mask);
        return tracker.Observe(unchecked(highest + (ulong)offset) & space.Mask);
    }
}
