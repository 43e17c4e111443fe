using ReactiveLink.Sequencing;

namespace ReactiveLink.Tests.Sequencing;

public sealed class SequenceCountersTests
{
    [Fact]
    public void Counts_go_on_past_32_bits_and_back()
    {
        var counters = default(SequenceCounters);
        counters.Add(VerdictKind.Gap, uint.MaxValue);
        counters.Add(VerdictKind.Gap, 3);
        Assert.Equal(new SequenceStatistics(0, 2, uint.MaxValue + 3L, 0, 0, 0), counters.ToStatistics());

        for (var i = 0; i < 4; i++)
        {
            counters.Add(VerdictKind.Late, -1);
        }

        counters.Add(VerdictKind.InOrder, 0);
        counters.Add(VerdictKind.Duplicate, 0);
        counters.Add(VerdictKind.Restart, 0);
        Assert.Equal(new SequenceStatistics(1, 2, uint.MaxValue - 1L, 1, 4, 1), counters.ToStatistics());
    }
}
