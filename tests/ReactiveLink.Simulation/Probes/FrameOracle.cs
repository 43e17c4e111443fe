using ReactiveLink.Simulation.Reference;
using ReactiveLink.Simulation.Scenarios;

namespace ReactiveLink.Simulation.Probes;

/// <summary>
/// What must become of each datagram that the network's log says has arrived, in that order: dropped for a reason, or a frame with a verdict. Keeps the account that
/// the link's statistics must equal.
/// </summary>
internal sealed class FrameOracle(Journal journal, string name, LinkPlan plan)
{
    /// <summary>Later than any calendar: what a damaged message says.</summary>
    private const double LatestTimestamp = 4e11;

    private readonly ReferencePeers _peers = new(SequenceSpace.UInt32, plan.Sequencing);
    private readonly Queue<Arrival> _arrivals = new();
    private readonly SortedDictionary<FaultReason, long> _dropped = [];

    /// <summary>Arrived and not yet seen in the link.</summary>
    public int Waiting => _arrivals.Count;

    public long Received { get; private set; }

    public long Delivered { get; private set; }

    public long Bytes { get; private set; }

    public long KernelDrops { get; private set; }

    public SequenceStatistics Sequence => _peers.Totals;

    public long Wraps => _peers.Wraps;

    /// <summary>The network has put a datagram into the receive buffer.</summary>
    /// <param name="from">The sender, as the receiver sees it.</param>
    /// <param name="payload">The bytes.</param>
    /// <param name="isPristine">Whether they are those that were sent.</param>
    public void Arrived(UdpEndpoint from, ReadOnlyMemory<byte> payload, bool isPristine) => _arrivals.Enqueue(new Arrival(from, payload, isPristine));

    /// <summary>The receive buffer had no room for one.</summary>
    public void BufferFull() => KernelDrops++;

    /// <summary>The host crashed, or the link closed before it began to receive: what was in the buffer is gone.</summary>
    public void LoseBuffer() => _arrivals.Clear();

    /// <summary>The link dropped a datagram.</summary>
    public void Dropped(FaultReason reason, UdpEndpoint? remote, long now)
    {
        if (Take(remote, out var arrival))
        {
            var (expected, isSure, _, _) = Judge(arrival, now);
            if (expected != reason && !(reason == FaultReason.DecodeFailed && expected is null && !isSure) && !(!isSure && reason == FaultReason.DecompressFailed))
            {
                journal.Violate("drop", name, $"a datagram of {arrival.Payload.Length} bytes from {remote} was dropped as {reason.ToName()}, should be {Name(expected)}");
            }
        }

        _dropped[reason] = _dropped.GetValueOrDefault(reason) + 1;
    }

    /// <summary>The link delivered a frame.</summary>
    public void Framed(in Sequenced<Frame> item, long now)
    {
        Delivered++;
        var frame = item.Value;
        if (!Take(frame.Datagram.Remote, out var arrival))
        {
            return;
        }

        var (refused, _, reference, verdict) = Judge(arrival, now);
        if (refused is not null)
        {
            journal.Violate("drop", name, $"a datagram from {frame.Datagram.Remote} was delivered, should be dropped as {Name(refused)}");
            return;
        }

        journal.Expect("verdict", name, $"the verdict of number {frame.Sequence} from {frame.Datagram.Remote}", verdict, item.Verdict);
        journal.Expect("frame", name, "the sequence number", reference.Sequence, frame.Sequence);
        if (!frame.Payload.Span.SequenceEqual(reference.Payload.Span) || !frame.Datagram.Payload.Span.SequenceEqual(arrival.Payload.Span))
        {
            journal.Violate("frame", name, $"the payload of number {frame.Sequence} is not what arrived");
        }

        if (item.Peer is { } peer)
        {
            var expected = _peers.Find(frame.Datagram.Remote)!;
            journal.Expect("loss", name, $"what is counted of {peer.Key}", expected.Statistics, peer.GetStatistics());
            journal.Expect("verdict", name, $"the highest number of {peer.Key}", expected.Highest, peer.HighestSequence);
        }
    }

    /// <summary>The message of the last frame was decoded: it says when it was sent.</summary>
    public void Timed(PeerSequence peer, Message message)
    {
        var reference = _peers.Find(message.Peer)!;
        var jitter = _peers.JitterOf(message.Peer);
        if (message.Timestamp > 0 && reference.LastWasBelieved)
        {
            jitter.Observe(message.Frame.Datagram.Elapsed.Ticks, Math.Min(message.Timestamp, LatestTimestamp) * TimeSpan.TicksPerSecond, reference.LastBeganRun);
        }

        if (Math.Abs(jitter.Ticks - peer.Jitter.Ticks) > 10 + (1e-6 * jitter.Ticks))
        {
            journal.Violate("jitter", name, $"the jitter of {peer.Key} is {peer.Jitter.Ticks} ticks, should be {jitter.Ticks}");
        }
    }

    /// <summary>A snapshot says exactly what happened so far.</summary>
    public void Check(LinkStatistics statistics, string when)
    {
        var ledger = statistics.Ledger;
        journal.Expect("ledger", name, $"what is unexplained {when}", 0, ledger.Unexplained);
        journal.Expect("ledger", name, $"received {when}", Received + KernelDrops, ledger.Received);
        journal.Expect("ledger", name, $"delivered {when}", Delivered, ledger.Delivered);
        journal.Expect("ledger", name, $"bytes received {when}", Bytes, statistics.BytesReceived);
        journal.Expect("ledger", name, $"messages received {when}", Delivered, statistics.MessagesReceived);
        journal.Expect("loss", name, $"the sequence counts {when}", Sequence, statistics.Sequence);
        var drops = KernelDrops == 0 ? _dropped : new SortedDictionary<FaultReason, long>(_dropped) { [FaultReason.KernelDrop] = KernelDrops };
        if (!drops.SequenceEqual(ledger.Dropped))
        {
            journal.Violate("ledger", name, $"dropped {when} are {Text(ledger.Dropped)}, should be {Text(drops)}");
        }
    }

    private static string Text(IEnumerable<KeyValuePair<FaultReason, long>> drops) => string.Join(", ", drops.Select(pair => $"{pair.Value} {pair.Key.ToName()}"));

    private static string Name(FaultReason? reason) => reason?.ToName() ?? "delivered";

    private bool Take(UdpEndpoint? remote, out Arrival arrival)
    {
        Received++;
        if (!_arrivals.TryDequeue(out arrival))
        {
            journal.Violate("ledger", name, $"a datagram from {remote} that did not arrive");
            return false;
        }

        Bytes += arrival.Payload.Length > plan.MaximumDatagramSize ? 0 : arrival.Payload.Length;
        journal.Expect("frame", name, "the remote endpoint", arrival.From, remote);
        return true;
    }

    /// <summary>What a datagram is. Not sure: damaged, where no CRC tells; then its codec may refuse it as well.</summary>
    private (FaultReason? Refused, bool IsSure, ReferenceFrame Frame, Verdict Verdict) Judge(in Arrival arrival, long now)
    {
        var frame = ReferenceFrame.Read(plan.Frame, arrival.Payload);
        if (arrival.Payload.Length > plan.MaximumDatagramSize)
        {
            return (FaultReason.Truncated, true, frame, default);
        }

        if (frame.Refused is not null)
        {
            _peers.Touch(arrival.From, now);
            return (frame.Refused, !frame.MayBeTooLarge, frame, default);
        }

        if (plan.Frame.Crc && !arrival.IsPristine)
        {
            journal.Counts.Undetected++;
        }

        var verdict = Verdict.InOrder;
        if (frame.Sequence is { } number)
        {
            if (_peers.Observe(arrival.From, number, now) is not { } judged)
            {
                return (FaultReason.PeerLimit, true, frame, default);
            }

            verdict = judged;
            journal.Counts.Add(verdict.Kind);
        }

        return (null, arrival.IsPristine || plan.Codec.DataFormat != DataFormat.Json, frame, verdict);
    }

    private readonly record struct Arrival(UdpEndpoint From, ReadOnlyMemory<byte> Payload, bool IsPristine);
}
