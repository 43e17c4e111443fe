using ReactiveLink.Testing;

namespace ReactiveLink.Simulation;

/// <summary>How much happened in one or many runs.</summary>
internal sealed class RunCounts
{
    private readonly long[] _network = new long[Enum.GetValues<NetworkEventKind>().Length];
    private readonly long[] _faults = new long[Enum.GetValues<FaultReason>().Length];
    private readonly long[] _verdicts = new long[Enum.GetValues<VerdictKind>().Length];

    public long Datagrams { get; set; }

    /// <summary>Wraps of the frames' 32 bits.</summary>
    public long FrameWraps { get; set; }

    /// <summary>Wraps of the messages' own numbers, 8 to 64 bits.</summary>
    public long MessageWraps { get; set; }

    /// <summary>Damaged datagrams that their CRC does not show: one of 2^32 by chance.</summary>
    public long Undetected { get; set; }

    public long Resequenced { get; set; }

    public long Windows { get; set; }

    /// <summary>Results of windows by event time that had been told before.</summary>
    public long Revisions { get; set; }

    /// <summary>Values too late for their windows by event time.</summary>
    public long TooLate { get; set; }

    public long Transitions { get; set; }

    public long Handled { get; set; }

    public void Add(NetworkEventKind kind) => _network[(int)kind]++;

    public void Add(FaultReason reason, long count) => _faults[(int)reason] += count;

    public void Add(VerdictKind kind) => _verdicts[(int)kind]++;

    public void Add(RunCounts other)
    {
        Datagrams += other.Datagrams;
        FrameWraps += other.FrameWraps;
        MessageWraps += other.MessageWraps;
        Undetected += other.Undetected;
        Resequenced += other.Resequenced;
        Windows += other.Windows;
        Revisions += other.Revisions;
        TooLate += other.TooLate;
        Transitions += other.Transitions;
        Handled += other.Handled;
        Sum(_network, other._network);
        Sum(_faults, other._faults);
        Sum(_verdicts, other._verdicts);
    }

    public IEnumerable<(string Name, long Count)> Network() => Named<NetworkEventKind>(_network);

    public IEnumerable<(string Name, long Count)> Faults() => Enum.GetValues<FaultReason>().Select(reason => (reason.ToName(), _faults[(int)reason])).Where(pair => pair.Item2 > 0);

    public IEnumerable<(string Name, long Count)> Verdicts() => Named<VerdictKind>(_verdicts);

    private static IEnumerable<(string, long)> Named<T>(long[] counts)
        where T : struct, Enum => Enum.GetNames<T>().Zip(counts).Where(pair => pair.Second > 0);

    private static void Sum(long[] sums, long[] others)
    {
        for (var index = 0; index < sums.Length; index++)
        {
            sums[index] += others[index];
        }
    }
}
