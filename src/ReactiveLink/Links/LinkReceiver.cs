using System.Diagnostics.CodeAnalysis;
using System.Reactive.Concurrency;
using ReactiveLink.Diagnostics;
using ReactiveLink.Routing;
using ReactiveLink.Sequencing;

namespace ReactiveLink.Links;

/// <summary>
/// The receive path of a link, fused: frame, sequence, decode, deliver. Runs on the transport's receive thread, one datagram at a time.
/// <list type="table">
/// <listheader><term>a datagram</term><description>outcome</description></listheader>
/// <item><term>with a bad frame</term><description>dropped: the frame format's reason</description></item>
/// <item><term>of a new peer when the table is full</term><description>dropped: <c>peer-limit</c></description></item>
/// <item><term>that is not a message, while messages are consumed</term><description>dropped: <c>decode-failed</c> (its sequence number has counted)</description></item>
/// <item><term>of a peer that is known, with a bad frame</term><description>as above; a sign of life all the same</description></item>
/// <item><term>otherwise</term><description>delivered: to Frames, and while messages are consumed to Messages, routes and the inbox</description></item>
/// <item><term>that answers a request of this link</term><description>delivered to Frames; the link itself takes the message</description></item>
/// <item><term>that is a heartbeat, while heartbeats are on</term><description>delivered to Frames; the link itself takes the message</description></item>
/// <item><term>in borrowed memory, while handlers or the inbox keep messages</term><description>as ever, with memory of its own: they look at it later</description></item>
/// </list>
/// </summary>
internal sealed class LinkReceiver : IObserver<Datagram>
{
    private readonly FrameFormat _format;
    private readonly IMessageCodec _codec;
    private readonly FaultCenter _faults;
    private readonly Action<Exception?> _ended;

    public LinkReceiver(LinkOptions options, IScheduler scheduler, FaultCenter faults, Router router, MessageInbox inbox, Action consumersChanged, Action<Exception?> ended)
    {
        _format = options.Frame;
        _codec = options.Codec;
        _faults = faults;
        _ended = ended;
        Requests = new RequestTable(options.MaximumRequests, options.Transport.Broadcast);
        Router = router;
        Inbox = inbox;
        Peers = new PeerTable<UdpEndpoint>(SequenceSpace.UInt32, options.Sequencing);
        Liveness = new PeerLiveness(Peers, options.Heartbeat?.SilentAfter ?? options.SilentAfter, options.Sequencing.PeerIdleExpiry, scheduler);
        Frames = new Broadcaster<Sequenced<Frame>>(faults.SubscriberFailed) { ObserversChanged = consumersChanged };
        Messages = new Broadcaster<Message>(faults.SubscriberFailed) { ObserversChanged = consumersChanged };
    }

    /// <summary>Whether payloads are ours only during OnNext.</summary>
    public bool IsBorrowing { get; init; }

    public LinkCounters Counters { get; } = new();

    public PeerTable<UdpEndpoint> Peers { get; }

    public PeerLiveness Liveness { get; }

    /// <summary>Set before the first datagram, if at all.</summary>
    public Heartbeats? Heartbeats { get; set; }

    /// <summary>Set before the first datagram.</summary>
    public PeerWheel? Wheel { get; set; }

    public RequestTable Requests { get; }

    public Broadcaster<Sequenced<Frame>> Frames { get; }

    public Broadcaster<Message> Messages { get; }

    public Router Router { get; }

    public MessageInbox Inbox { get; }

    private bool KeepsMessages => Router.HasRoutes || Inbox.IsActive;

    private bool WantsMessages => Messages.HasObservers || KeepsMessages || Heartbeats is not null || Requests.IsActive;

    public void OnNext(Datagram value)
    {
        Sequenced<Frame> sequenced;
        PeerSequence? peer;
        Message? message;
        bool mayKeep;
        try
        {
            if (Liveness.Observe(value.ElapsedTicks))
            {
                Wheel?.Start();
            }

            mayKeep = !IsBorrowing || KeepsMessages;
            if (IsBorrowing)
            {
                value = mayKeep ? value.Lend().Keep() : value.Lend();
            }

            if (!TryAccept(value, out sequenced, out peer, out message))
            {
                return;
            }
        }
        catch (Exception exception)
        {
            // Nothing in there may throw. If something does all the same, it costs this datagram and not the link.
            Drop(value, FaultReason.DecodeFailed, exception, "internal");
            return;
        }

        Counters.Delivered(value.Payload.Length, message is not null, value.ReceivedAtUtcTicks);
        Frames.Send(in sequenced);
        if (message is not null && !IsForLink(message, peer))
        {
            Deliver(message, mayKeep);
        }
    }

    public void OnError(Exception error)
    {
        Frames.OnError(error);
        Messages.OnError(error);
        _ended(error);
    }

    public void OnCompleted()
    {
        Frames.OnCompleted();
        Messages.OnCompleted();
        _ended(null);
    }

    private bool TryAccept(in Datagram datagram, out Sequenced<Frame> sequenced, out PeerSequence? peer, out Message? message)
    {
        sequenced = default;
        peer = null;
        message = null;
        if (!_format.TryRead(datagram, out var frame, out var reason))
        {
            Peers.Touch(datagram.Remote, datagram.ElapsedTicks);
            Drop(datagram, reason, exception: null, detail: null);
            return false;
        }

        if (!frame.HasSequence)
        {
            // Where the table is full it is delivered all the same: there is no state to lose.
            Peers.TryHear(datagram.Remote, datagram.ElapsedTicks, out peer);
            sequenced = new Sequenced<Frame>(frame, frame.RawSequence, Verdict.InOrder, Peer: null);
        }
        else if (Peers.TryObserve(datagram.Remote, frame.RawSequence, datagram.ElapsedTicks, out peer, out var verdict))
        {
            sequenced = new Sequenced<Frame>(frame, frame.RawSequence, verdict, peer);
        }
        else
        {
            Drop(datagram, FaultReason.PeerLimit, exception: null, detail: null);
            return false;
        }

        if (!WantsMessages)
        {
            return true;
        }

        if (!TryDecode(sequenced, out message))
        {
            return false;
        }

        if (peer is { Companion: null })
        {
            peer.Companion = PeerClock.Name(message.Source);
        }

        return true;
    }

    /// <summary>Whether a message was meant for the link itself, which has taken it.</summary>
    private bool IsForLink(Message message, PeerSequence? peer)
    {
        try
        {
            return Requests.TryTake(message)
                || (Heartbeats is not null && message.Type == MessageType.Heartbeat && Heartbeats.TryTake(message, peer, message.Frame.Datagram.ElapsedTicks));
        }
        catch (Exception exception)
        {
            // As above: nothing in there may throw, and if it does it costs the link nothing.
            _faults.Report(FaultReason.DecodeFailed, message.Peer, exception, "internal");
            return false;
        }
    }

    private bool TryDecode(in Sequenced<Frame> sequenced, [NotNullWhen(true)] out Message? message)
    {
        string? error;
        Exception? failure = null;
        try
        {
            // Null all the same, from a codec that was compiled without nullable checks: a message that nobody gets is not delivered.
            if (_codec.TryDecode(sequenced, out message, out error) && message is not null)
            {
                ObserveTransit(sequenced, message);
                return true;
            }
        }
        catch (Exception exception)
        {
            // The contract forbids it, but a user's codec may break it; the stream survives.
            message = null;
            error = null;
            failure = exception;
        }

        Drop(sequenced.Value.Datagram, FaultReason.DecodeFailed, failure, error);
        return false;
    }

    /// <summary>Jitter comes from the sender's timestamp, which only the decoded envelope tells.</summary>
    private static void ObserveTransit(in Sequenced<Frame> sequenced, Message message)
    {
        if (sequenced.Peer is { } peer && message.Timestamp > 0 && sequenced.Verdict.Kind != VerdictKind.Duplicate)
        {
            peer.ObserveTransit(sequenced.Value.Datagram.Elapsed, SenderTime(message.Timestamp));
        }
    }

    /// <summary>Seconds since 1970 as the sender says them; one far off the calendar is held at its end, where it moves no jitter.</summary>
    private static TimeSpan SenderTime(double seconds) => TimeSpan.FromTicks((long)(Math.Min(seconds, 4e11) * TimeSpan.TicksPerSecond));

    /// <summary>A handler that comes while a borrowed message is delivered gets its first message with the next datagram.</summary>
    private void Deliver(Message message, bool mayKeep)
    {
        Messages.OnNext(message);
        if (!mayKeep)
        {
            return;
        }

        if (Router.HasRoutes)
        {
            Router.Post(message);
        }

        if (Inbox.IsActive && !Inbox.Post(message))
        {
            _faults.Report(FaultReason.QueueFull, message.Peer, detail: "receive");
        }
    }

    private void Drop(in Datagram datagram, FaultReason reason, Exception? exception, string? detail)
    {
        Counters.Dropped(reason, datagram.Payload.Length, datagram.ReceivedAtUtcTicks);
        _faults.Report(new Fault(reason, datagram.ReceivedAt, datagram.Remote, 1, exception, detail));
    }
}
