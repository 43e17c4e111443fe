using System.Globalization;
using System.Text;

namespace ReactiveLink.Testing;

/// <summary>Asserts that every datagram is accounted for: received = delivered + the sum of the drops. The message of a failure shows the account.</summary>
public static class LedgerAssert
{
    /// <summary>Asserts that a ledger balances.</summary>
    /// <param name="ledger">The ledger.</param>
    /// <exception cref="TestAssertionException">It does not.</exception>
    public static void Balances(DatagramLedger ledger)
    {
        ArgumentNullException.ThrowIfNull(ledger);
        Check("The ledger does not balance", "received", ledger.Received, "delivered", ledger.Delivered, Drops(ledger), ledger.Unexplained);
    }

    /// <summary>Asserts that the ledger of a transport balances.</summary>
    /// <param name="statistics">A snapshot.</param>
    /// <exception cref="TestAssertionException">It does not.</exception>
    public static void Balances(TransportStatistics statistics)
    {
        ArgumentNullException.ThrowIfNull(statistics);
        Balances(statistics.Ledger);
    }

    /// <summary>Asserts that the ledger of a link balances.</summary>
    /// <param name="statistics">A snapshot.</param>
    /// <exception cref="TestAssertionException">It does not.</exception>
    public static void Balances(LinkStatistics statistics)
    {
        ArgumentNullException.ThrowIfNull(statistics);
        Balances(statistics.Ledger);
    }

    /// <summary>Asserts that every copy in a virtual network is delivered, dropped for a reason, or on its way, and that no event of its log was missed.</summary>
    /// <param name="statistics">A snapshot.</param>
    /// <exception cref="TestAssertionException">It is not.</exception>
    public static void Balances(NetworkStatistics statistics)
    {
        ArgumentNullException.ThrowIfNull(statistics);
        var drops = NetworkStatistics.Ends
            .Where(kind => statistics.CountOf(kind) != 0)
            .Select(kind => (kind.ToString(), statistics.CountOf(kind)))
            .Append(("in flight", statistics.InFlight));
        Check("The network does not balance", "copies", statistics.Copies, "delivered", statistics.Delivered, drops, statistics.Unexplained);
        if (statistics.MissedEvents != 0)
        {
            throw new TestAssertionException(
                string.Create(CultureInfo.InvariantCulture, $"The network's log missed {statistics.MissedEvents} events: allow more to wait (MaximumWaitingEvents)."));
        }
    }

    /// <summary>Asserts that a ledger is what a test computed.</summary>
    /// <param name="expected">The ledger that it should be.</param>
    /// <param name="actual">The ledger.</param>
    /// <exception cref="TestAssertionException">They differ; both are shown.</exception>
    public static void Equal(DatagramLedger expected, DatagramLedger actual)
    {
        ArgumentNullException.ThrowIfNull(expected);
        ArgumentNullException.ThrowIfNull(actual);
        if (expected.Received != actual.Received || expected.Delivered != actual.Delivered || !Drops(expected).SequenceEqual(Drops(actual)))
        {
            throw new TestAssertionException(
                "The ledgers differ.\nexpected:\n" + Table("received", expected.Received, "delivered", expected.Delivered, Drops(expected), expected.Unexplained)
                + "actual:\n" + Table("received", actual.Received, "delivered", actual.Delivered, Drops(actual), actual.Unexplained));
        }
    }

    private static IEnumerable<(string, long)> Drops(DatagramLedger ledger) =>
        ledger.Dropped.Where(drop => drop.Value != 0).Select(drop => (drop.Key.ToName(), drop.Value));

    private static void Check(string what, string inName, long came, string outName, long went, IEnumerable<(string, long)> drops, long unexplained)
    {
        if (unexplained != 0)
        {
            throw new TestAssertionException(what + ".\n" + Table(inName, came, outName, went, drops, unexplained));
        }
    }

    private static string Table(string inName, long came, string outName, long went, IEnumerable<(string, long)> drops, long unexplained)
    {
        var table = new StringBuilder();
        foreach (var (name, count) in drops.Prepend((outName, went)).Prepend((inName, came)).Append(("unexplained", unexplained)))
        {
            table.Append(CultureInfo.InvariantCulture, $"  {name,-22}{count,12}\n");
        }

        return table.ToString();
    }
}
