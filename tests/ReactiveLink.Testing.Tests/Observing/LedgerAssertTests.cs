using System.Collections.Immutable;

namespace ReactiveLink.Testing.Tests.Observing;

public sealed class LedgerAssertTests
{
    private static DatagramLedger Ledger(long received, long delivered, params (FaultReason Reason, long Count)[] drops) =>
        new(received, delivered, drops.ToImmutableSortedDictionary(d => d.Reason, d => d.Count));

    [Fact]
    public void What_balances_passes()
    {
        LedgerAssert.Balances(DatagramLedger.Empty);
        LedgerAssert.Balances(Ledger(10, 7, (FaultReason.CrcMismatch, 2), (FaultReason.KernelDrop, 1)));
        LedgerAssert.Equal(Ledger(3, 2, (FaultReason.TooShort, 1)), Ledger(3, 2, (FaultReason.TooShort, 1), (FaultReason.TooLate, 0)));
    }

    [Fact]
    public void What_does_not_shows_the_account()
    {
        var error = Assert.Throws<TestAssertionException>(() => LedgerAssert.Balances(Ledger(10, 6, (FaultReason.CrcMismatch, 2), (FaultReason.KernelDrop, 1))));
        Assert.Equal(
            """
            The ledger does not balance.
              received                        10
              delivered                        6
              crc-mismatch                     2
              kernel-drop                      1
              unexplained                      1

            """,
            error.Message,
            ignoreLineEndingDifferences: true);
    }

    [Fact]
    public void Different_ledgers_are_both_shown()
    {
        var error = Assert.Throws<TestAssertionException>(() => LedgerAssert.Equal(Ledger(2, 1, (FaultReason.TooShort, 1)), Ledger(2, 1, (FaultReason.TooLate, 1))));
        Assert.Contains("expected:\n  received                         2\n  delivered                        1\n  too-short                        1", error.Message, StringComparison.Ordinal);
        Assert.Contains("too-late", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_network_that_lost_track_is_told()
    {
        var none = ImmutableSortedDictionary<NetworkEventKind, long>.Empty;
        var lost = none.Add(NetworkEventKind.Delivered, 3).Add(NetworkEventKind.Lost, 2).Add(NetworkEventKind.HeldBack, 9);
        LedgerAssert.Balances(new NetworkStatistics(5, 6, 1, lost, 0));

        Assert.Contains("  Lost                             2\n", Assert.Throws<TestAssertionException>(() => LedgerAssert.Balances(new NetworkStatistics(5, 7, 1, lost, 0))).Message, StringComparison.Ordinal);
        Assert.Contains("missed 4 events", Assert.Throws<TestAssertionException>(() => LedgerAssert.Balances(new NetworkStatistics(5, 6, 1, lost, 4))).Message, StringComparison.Ordinal);
    }
}
