using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using ReactiveLink.Simulation.Scenarios;
using ReactiveLink.Testing;

namespace ReactiveLink.Simulation.Probes;

/// <summary>A link, everything composed over it, and the references beside.</summary>
internal sealed class LinkProbe
{
    private readonly Journal _journal;
    private readonly string _name;
    private readonly LinkPlan _plan;
    private readonly VirtualHost _host;
    private readonly IStopwatch _clock;
    private readonly FrameOracle _oracle;
    private readonly Subject<Content> _contents = new();
    private readonly long[] _faults = new long[Enum.GetValues<FaultReason>().Length];
    private readonly List<RouteProbe> _routes = [];
    private (uint? Sequence, Verdict Verdict)? _awaited;
    private PeerSequence? _peer;
    private TimeSpan? _started;
    private bool _isClosed;
    private long _messages;
    private long _routedMessages;
    private long _sent;
    private long _networkSent;
    private long _networkBytes;

    public LinkProbe(Journal journal, string name, LinkPlan plan, VirtualTransport transport)
    {
        _journal = journal;
        _name = name;
        _plan = plan;
        _host = transport.Host;
        _clock = _host.Scheduler.StartStopwatch();
        _oracle = new FrameOracle(journal, name, plan);
        _started = plan.StartAfter is null ? TimeSpan.MinValue : null;
        Link = UdpLink.Over(transport, new LinkOptions
        {
            Frame = plan.Frame,
            Codec = plan.Codec,
            InitialSequence = plan.InitialSequence,
            Sequencing = plan.Sequencing,
            Source = name,
            AutoStart = plan.StartAfter is null,
            StatisticsInterval = plan.StatisticsInterval,
            MeterPeers = 0,
        });
        Subscribe();
        Compose();
        if (plan.StartAfter is { } after)
        {
            _host.Scheduler.Schedule(this, after, static (_, self) =>
            {
                self._started = self._clock.Elapsed;
                self.Link.Start();
                return Disposable.Empty;
            });
        }
    }

    public UdpLink Link { get; }

    public bool IsClosed => _isClosed;

    /// <summary>The network's log: a datagram is in this link's receive buffer.</summary>
    public void Arrived(NetworkEvent delivered, bool isPristine) => _oracle.Arrived(delivered.From!, delivered.Payload, isPristine);

    /// <summary>The network's log: there was no room for one.</summary>
    public void BufferFull() => _oracle.BufferFull();

    /// <summary>The network's log: it took a datagram of this link.</summary>
    public void Sent(NetworkEvent sent)
    {
        _networkSent++;
        _networkBytes += sent.Payload.Length;
    }

    /// <summary>The host lost all that was in its buffers.</summary>
    public void HostCrashed() => LoseBufferUnlessReading();

    /// <summary>Sends, unless the network refuses it.</summary>
    public void Send(byte[] data, UdpEndpoint? to = null)
    {
        var metadata = new MessageMetadata
        {
            Id = FormattableString.Invariant($"{_name}-{_sent}"),
            Timestamp = (_host.Scheduler.Now - DateTimeOffset.UnixEpoch).TotalSeconds,
            Source = _name,
        };
        try
        {
            Link.SendAsync(metadata, data, to).GetAwaiter().GetResult();
            _sent++;
        }
        catch (DatagramSendException)
        {
            // The host is down, or the path's MTU is too small: a number that was not sent is not used up.
            _journal.Digest.Add(-1L);
        }
    }

    /// <summary>Sends several at once; those that the network refuses are left out.</summary>
    public void SendBatch(IReadOnlyList<byte[]> data)
    {
        try
        {
            Link.SendBatchAsync(data).GetAwaiter().GetResult();
        }
        catch (DatagramSendException)
        {
            _journal.Digest.Add(-1L);
        }

        // It does not tell how many went; the network's log does, at the end.
        _sent = Link.GetStatistics().MessagesSent;
    }

    /// <summary>Checks the account, then closes the link, which completes every stream.</summary>
    /// <param name="isQuiet">Whether nothing was sent for a while.</param>
    public void Close(bool isQuiet)
    {
        if (_isClosed)
        {
            return;
        }

        _isClosed = true;
        LoseBufferUnlessReading();
        var statistics = Link.GetStatistics();
        Check(statistics, "at the close");
        foreach (var (route, counted) in _routes.Zip(statistics.Routes))
        {
            route.Check(counted, isQuiet);
        }

        if (_routes.Count > 0)
        {
            _journal.Expect("handlers", _name, "messages routed nowhere, or somewhere", _messages, statistics.Unrouted + _routedMessages);
        }

        _journal.Counts.FrameWraps += _oracle.Wraps;
        _routes.ForEach(route => route.Dispose());
        Link.Dispose();
        _journal.Expect("ledger", _name, "datagrams that arrived and are nowhere", 0, _oracle.Waiting);
    }

    /// <summary>Once the network's log is complete.</summary>
    public void CheckSent()
    {
        var statistics = Link.GetStatistics();
        _journal.Expect("ledger", _name, "datagrams sent", _networkSent, statistics.MessagesSent);
        _journal.Expect("ledger", _name, "bytes sent", _networkBytes, statistics.BytesSent);
        _journal.Expect("ledger", _name, "the number that is next to be sent", unchecked(_plan.InitialSequence + (uint)_networkSent), statistics.NextSequence);
        _oracle.Check(statistics, "after the close");
    }

    private void Subscribe()
    {
        _journal.Watch(Link.Faults, $"{_name} faults", Fault);
        _journal.Watch(Link.State, $"{_name} state", state => _journal.Digest.Add((long)state));
        _journal.Watch(Link.Frames, $"{_name} frames", Framed);
        _journal.Watch(Link.Messages, $"{_name} messages", Decoded, _contents.OnCompleted);
        _journal.Watch(Link.Datagrams, $"{_name} datagrams", datagram => _journal.Digest.Add(datagram.Payload.Length));
        _journal.Watch(Link.Statistics, $"{_name} statistics", statistics => Check(statistics, "in a snapshot"));
        if (_plan.SubscriberThrowsAt > 0)
        {
            var left = _plan.SubscriberThrowsAt;
            Link.Messages.Subscribe(_ =>
            {
                if (--left == 0)
                {
                    throw new DeliberateException();
                }
            });
        }
    }

    private void Compose()
    {
        var scheduler = _host.Scheduler;
        var numbering = _plan.Numbering is { } numbers ? new NumberingProbe(_journal, $"{_name} numbering", _contents, numbers, scheduler) : null;
        if (_plan.Resequence is { } resequence)
        {
            var name = $"{_name} resequence";
            _ = resequence.OfMessages && numbering is not null
                ? (object)new ResequenceProbe<Content>(_journal, name, numbering.Output, resequence, _plan.Numbering!.Options.MaximumDropout, scheduler, static _ => true)
                : new ResequenceProbe<Frame>(_journal, name, Link.Frames, resequence, _plan.Sequencing.MaximumDropout, scheduler, IsWhole);
        }

        foreach (var (index, route) in _plan.Routes.Index())
        {
            _routes.Add(new RouteProbe(_journal, $"{_name} route {index}", Link, route, scheduler));
        }

        List<WindowProbe> windows = [.. _plan.Windows.Select((window, index) => new WindowProbe(_journal, $"{_name} window {index}", _contents, window, scheduler))];
        foreach (var (index, alert) in _plan.Alerts.Index())
        {
            var values = alert.OverWindow && windows.Count > 0 ? windows[0].Means : _contents.Select(content => ((object)content.Peer, content.Value));
            _ = new AlertProbe(_journal, $"{_name} alert {index}", values, alert, scheduler);
        }
    }

    private void Fault(Fault fault)
    {
        _faults[(int)fault.Reason] += fault.Count;
        _journal.Counts.Add(fault.Reason, fault.Count);
        _journal.Digest.Add((long)fault.Reason);
        _journal.Digest.Add(fault.Count);
        switch (fault.Reason)
        {
            case FaultReason.CrcMismatch or FaultReason.TooShort or FaultReason.Truncated or FaultReason.DecompressFailed
                or FaultReason.DecompressTooLarge or FaultReason.DecodeFailed or FaultReason.PeerLimit:
                _oracle.Dropped(fault.Reason, fault.Peer, _clock.Elapsed.Ticks);
                break;
            case FaultReason.SubscriberFailed when fault.Exception is not DeliberateException:
                _journal.Violate("no exception escapes", _name, $"a subscriber failed: {fault.Exception}");
                break;
            case FaultReason.QueueFull:
                Route(fault).QueueFull++;
                break;
            case FaultReason.HandlerFailed:
                Route(fault).HandlerFailed++;
                break;
            case FaultReason.HandlerTimeout:
                Route(fault).HandlerTimeout++;
                break;
        }
    }

    /// <summary>What came before a link began to read waits in its buffer; it reads after the moment at which it begins. Later nothing waits.</summary>
    private void LoseBufferUnlessReading()
    {
        if (_started is null || _started == _clock.Elapsed)
        {
            _oracle.LoseBuffer();
        }
    }

    private RouteProbe Route(Fault fault) => _routes.Single(route => string.Equals(route.Name, fault.Detail, StringComparison.Ordinal));

    private void Framed(Sequenced<Frame> item)
    {
        ExpectMessageCame();
        _awaited = (item.Value.Sequence, item.Verdict);
        _peer = item.Peer;
        _journal.Counts.Datagrams++;
        _journal.Digest.Add((long)(item.Value.Sequence ?? 0));
        _journal.Digest.Add((long)item.Verdict.Kind);
        _journal.Digest.Add(item.Value.Payload.Span);
        _oracle.Framed(item, _clock.Elapsed.Ticks);
    }

    private void Decoded(Message message)
    {
        _messages++;
        var (sequence, verdict) = _awaited ?? default;
        _journal.Expect("message", _name, "the message's sequence number", sequence, message.Sequence);
        _journal.Expect("message", _name, "the message's verdict", sequence is null ? null : verdict, message.Verdict);
        _awaited = null;
        if (_peer is { } peer)
        {
            _oracle.Timed(peer, message);
        }

        if (_messages % 16 == 0)
        {
            _oracle.Check(Link.GetStatistics(), "in a callback");
        }

        var content = Content.Read(message);
        _routedMessages += _plan.Routes.Any(route => content.Number % (ulong)route.Of == (ulong)route.Remainder) ? 1 : 0;
        _contents.OnNext(content);
        if (_plan.ReplyEvery > 0 && _messages % _plan.ReplyEvery == 0)
        {
            Send(Content.Write(_plan.Codec.DataFormat, (ulong)_messages, double.IsNaN(content.Value) ? 0 : content.Value, _host.Scheduler.Now, filler: 10), message.Peer);
        }
    }

    private void ExpectMessageCame()
    {
        if (_awaited is { } missing)
        {
            _journal.Violate("message", _name, $"no message came of frame {missing.Sequence}");
        }
    }

    private void Check(LinkStatistics statistics, string when)
    {
        _oracle.Check(statistics, when);
        _journal.Expect("ledger", _name, $"datagrams sent {when}", _sent, statistics.MessagesSent);
        _journal.Expect("faults", _name, $"notifications missed {when}", 0, statistics.MissedNotifications);
        _journal.Expect("faults", _name, $"subscribers that failed {when}", _plan.SubscriberThrowsAt > 0 && _messages >= _plan.SubscriberThrowsAt ? 1 : 0, statistics.CountOf(FaultReason.SubscriberFailed));
        foreach (var (reason, count) in statistics.Faults)
        {
            _journal.Expect("faults", _name, $"{reason.ToName()} faults {when}", _faults[(int)reason], count);
        }
    }

    /// <summary>What was held is still the datagram that came, and not memory that was given back.</summary>
    private bool IsWhole(Sequenced<Frame> item)
    {
        var again = Reference.ReferenceFrame.Read(_plan.Frame, item.Value.Datagram.Payload);
        return again.Sequence == item.Value.Sequence && again.Payload.Span.SequenceEqual(item.Value.Payload.Span);
    }
}
