namespace ReactiveLink.Links;

/// <summary>
/// Sends a link's heartbeats, answers those of others and measures by the answers. The round trip is that of RFC 5905's four timestamps, (T4 - T1) - (T3 - T2): T1 and T4 on
/// the link's own clock, which only runs forward, and T3 - T2 as the peer says it held the heartbeat, by such a clock too. So no step of a clock comes into it.
/// <list type="table">
/// <listheader><term>a heartbeat comes</term><description>what happens, counter in <see cref="HeartbeatStatistics"/></description></listheader>
/// <item><term>a request</term><description>answered: Answered; beyond the rate: Unanswered</description></item>
/// <item><term>the first answer of its peer to one that was sent there not long ago</term><description>measured: Measured</description></item>
/// <item><term>an answer that came twice, too late, from elsewhere, or that was held for longer than it was under way</term><description>Refused</description></item>
/// <item><term>one of the link's own (an echo, a looped multicast)</term><description>Refused</description></item>
/// <item><term>one in another form</term><description>not taken: a message as any other</description></item>
/// </list>
/// All but the last are taken from the messages.
/// </summary>
internal sealed class Heartbeats
{
    /// <summary>How many heartbeats to one peer may be answered yet.</summary>
    private const int Outstanding = 4;

    private readonly HeartbeatOptions _options;
    private readonly PeerLiveness _liveness;
    private readonly IHeartbeatSender _sender;
    private readonly bool _anybodyMayAnswer;
    private readonly Lock _gate = new();
    private readonly Request[] _requests;
    private ulong _number;
    private long _sent;
    private long _measured;
    private long _refused;
    private long _answered;
    private long _unanswered;
    private long _skipped;
    private int _beating;
    private long _turn = -1;
    private int _peersThisTurn;
    private long _lastBeat = long.MinValue / 2;
    private long _sentBefore = -1;
    private long _answerSecond = long.MinValue;
    private int _answersThisSecond;

    /// <param name="options">The options.</param>
    /// <param name="liveness">The peers.</param>
    /// <param name="sender">The link.</param>
    /// <param name="isBroadcast">Whether the link may send to the broadcast address of a network, which looks like any other: then what is sent to the remote endpoint is anybody's to answer.</param>
    public Heartbeats(HeartbeatOptions options, PeerLiveness liveness, IHeartbeatSender sender, bool isBroadcast)
    {
        _anybodyMayAnswer = isBroadcast && sender.Remote is not null;
        _options = options;
        _liveness = liveness;
        _sender = sender;
        _requests = new Request[Outstanding * (sender.Remote is null ? Math.Max(options.MaximumPeers, 1) : 1)];
    }

    public HeartbeatStatistics GetStatistics() => new(
        Interlocked.Read(ref _sent),
        Interlocked.Read(ref _measured),
        Interlocked.Read(ref _refused),
        Interlocked.Read(ref _answered),
        Interlocked.Read(ref _unanswered),
        Interlocked.Read(ref _skipped));

    /// <summary>Sends what is due at a tick of the wheel. Never throws.</summary>
    public void Beat(long tick)
    {
        // A send that is held up on another thread: its tick goes on with the others.
        if (Interlocked.Exchange(ref _beating, 1) != 0)
        {
            return;
        }

        try
        {
            // The first tick is 1. A tick may be left out where the system was late: not so a turn.
            var (turn, spoke) = Math.DivRem(tick - 1, PeerWheel.Spokes);
            var isNew = turn != _turn;
            _turn = turn;
            if (_sender.Remote is not { } remote)
            {
                BeatPeers((int)spoke, isNew);
            }
            else if (isNew)
            {
                BeatRemote(remote);
            }
        }
        catch (Exception)
        {
            // The clock of the user's scheduler.
            Interlocked.Increment(ref _skipped);
        }
        finally
        {
            Volatile.Write(ref _beating, 0);
        }
    }

    /// <summary>Takes a message of type heartbeat. For the receive thread.</summary>
    /// <param name="message">The message.</param>
    /// <param name="peer">Its peer; null where the table is full.</param>
    /// <param name="elapsedTicks">When it came, on the transport's clock.</param>
    /// <returns>Whether it was one of ours.</returns>
    public bool TryTake(Message message, PeerSequence? peer, long elapsedTicks)
    {
        var at = _liveness.ToOwn(elapsedTicks);
        if (!HeartbeatData.TryRead(message.Data.Span, out var data))
        {
            Hear(message, peer, at);
            return false;
        }

        if (_sender.IsOwn(message.Id))
        {
            Interlocked.Increment(ref _refused);
            return true;
        }

        Hear(message, peer, at);
        if (data.IsReply)
        {
            Interlocked.Increment(ref peer is not null && TryMeasure(message, peer, data, at) ? ref _measured : ref _refused);
        }
        else
        {
            Interlocked.Increment(ref TryAnswer(message, data.Number, at) ? ref _answered : ref _unanswered);
        }

        return true;
    }

    private static void Hear(Message message, PeerSequence? peer, long at)
    {
        if (peer is null)
        {
            return;
        }

        var clock = PeerClock.Of(peer);
        clock.Source = message.Source is { Length: > 0 } source ? PeerClock.Name(source) : clock.Source;
        if (message.Timestamp != 0 && message.Verdict is null or { Kind: VerdictKind.InOrder or VerdictKind.Gap or VerdictKind.Restart })
        {
            clock.Heard(at, SenderTicks(message));
        }
    }

    /// <summary>The sender's time in ticks since 1970, held within what a number of ticks can say.</summary>
    private static long SenderTicks(Message message) =>
        (long)Math.Round(Math.Clamp(message.Timestamp, -4e11, 4e11) * TimeSpan.TicksPerSecond);

    private bool TryMeasure(Message message, PeerSequence peer, in HeartbeatData data, long at)
    {
        Request request;
        lock (_gate)
        {
            request = _requests[(int)(data.Number % (ulong)_requests.Length)];
        }

        // The id too: one that copies what it gets into answers of its own may answer an answer.
        if (request.To is null || request.Number != data.Number || request.Id != message.CorrelationId || message.Timestamp == 0
            || !(_anybodyMayAnswer || request.To.MayAnswer(message.Peer)))
        {
            return false;
        }

        // The answer may have been received before the distance of the clocks was known this well.
        var total = Math.Max(0, at - request.At);
        var clock = PeerClock.Of(peer);
        if (!(data.Held >= 0 && data.Held <= TimeSpan.FromTicks(total).TotalSeconds) || !clock.TryTakeAnswer(data.Number))
        {
            return false;
        }

        // With T2 = T3 - held and T1 = T4 - total, ((T2 - T1) + (T3 - T4)) / 2 is T3 + roundTrip / 2 - T4.
        var roundTrip = total - (long)(data.Held * TimeSpan.TicksPerSecond);
        try
        {
            var received = _sender.UnixTicks - (_liveness.Now - at);
            clock.Measured(roundTrip, SenderTicks(message) + (roundTrip / 2) - received, at);
            return true;
        }
        catch (Exception)
        {
            // The clock of the user's scheduler.
            return false;
        }
    }

    private bool TryAnswer(Message message, ulong number, long at)
    {
        var second = at / TimeSpan.TicksPerSecond;
        if (second != _answerSecond)
        {
            _answerSecond = second;
            _answersThisSecond = 0;
        }

        if (_answersThisSecond >= _options.MaximumAnswers)
        {
            return false;
        }

        _answersThisSecond++;
        try
        {
            var held = TimeSpan.FromTicks(Math.Max(0, _liveness.Now - at));
            return _sender.TrySend(new HeartbeatData(number, IsReply: true, held.TotalSeconds), message.Peer, _sender.CreateId(), message.Id);
        }
        catch (Exception)
        {
            // The clock of the user's scheduler.
            return false;
        }
    }

    private void BeatRemote(UdpEndpoint remote)
    {
        var now = _liveness.Now;
        var sent = _sender.DatagramsSent;
        if (sent != _sentBefore && now - _lastBeat < _options.MeasureInterval.Ticks)
        {
            _sentBefore = sent;
            return;
        }

        _lastBeat = now;
        _sentBefore = sent + (Send(remote) ? 1 : 0);
    }

    private void BeatPeers(int spoke, bool isNewTurn)
    {
        if (isNewTurn)
        {
            _peersThisTurn = 0;
        }

        var table = _liveness.Table;
        var now = _liveness.Now;
        for (var place = spoke; place < table.Places; place += PeerWheel.Spokes)
        {
            if (table.Look(place, out var lastSeen) is not { } peer || _liveness.StateOf(peer, now - _liveness.ToOwn(lastSeen)) != PeerState.Alive)
            {
                continue;
            }

            if (_peersThisTurn < _options.MaximumPeers)
            {
                _peersThisTurn++;
                Send((UdpEndpoint)peer.Key);
            }
            else
            {
                Interlocked.Increment(ref _skipped);
            }
        }
    }

    private bool Send(UdpEndpoint to)
    {
        var id = _sender.CreateId();
        var now = _liveness.Now;
        ulong number;
        lock (_gate)
        {
            number = ++_number;
            _requests[(int)(number % (ulong)_requests.Length)] = new Request(number, id, to, now);
        }

        var isSent = _sender.TrySend(new HeartbeatData(number, IsReply: false, 0), to, id, correlationId: null);
        Interlocked.Increment(ref isSent ? ref _sent : ref _skipped);
        return isSent;
    }

    private readonly record struct Request(ulong Number, string Id, UdpEndpoint? To, long At);
}
