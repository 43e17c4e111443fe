using System.Collections.Immutable;
using System.Reactive;
using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using ReactiveLink;
using ReactiveLink.Metrics;

namespace Dashboard.Feed;

/// <summary>
/// What there is to tell of a link, once a tick: its statistics, a sample of its messages, its peers, windows over them and alerts. It asks the link for snapshots and
/// subscribes to nothing but the sample, so what it costs goes by the tick and not by the datagram. It knows neither HTTP nor a clock of its own.
/// </summary>
internal sealed class LinkFeed : IDisposable
{
    /// <summary>Milliseconds.</summary>
    private const int SmallStep = 5000;

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly FeedOptions _options;
    private readonly PeerBoard _peers;
    private readonly MessageSamples _messages;
    private readonly AlertBoard _alerts;
    private readonly WindowBoard _windows = new();
    private readonly Subject<FeedUpdate> _updates = new();
    private readonly Subject<ImmutableArray<TrackedPeer>> _peerReadings = new();
    private readonly CompositeDisposable _subscriptions = [];
    private readonly IStopwatch _clock;
    private readonly int _ticksPerSecond;
    private FeedSnapshot _current = FeedSnapshot.Empty;
    private int _tick;

    /// <summary>Begins with it.</summary>
    /// <param name="link">The link; its <see cref="LinkOptions.StatisticsInterval"/> is the tick.</param>
    /// <param name="options">How much is told.</param>
    /// <param name="scheduler">The link's scheduler.</param>
    public LinkFeed(UdpLink link, FeedOptions options, IScheduler scheduler)
    {
        _options = options;
        _peers = new PeerBoard(link, options);
        _messages = new MessageSamples(options);
        _alerts = new AlertBoard(options);
        _clock = scheduler.StartStopwatch();
        _ticksPerSecond = Math.Max(1, (int)(Second / options.Tick));

        var readings = link.Statistics
            .TimeInterval(scheduler)
            .Scan((LinkReading?)null, (last, now) => last is null ? LinkReading.First(now.Value) : last.Next(now.Value, now.Interval))
            .Select(reading => reading!)
            .Publish();
        var samples = link.Messages.WithinBudget(options.DecodedPerTick, readings.Select(_ => Unit.Default)).Publish();

        Watch(samples, _messages.Add);
        Rules(readings.Select(reading => reading.Point).Skip(1), scheduler);
        TransitRules(samples, scheduler);
        Watch(readings, Tell);
        _subscriptions.Add(samples.Connect());
        _subscriptions.Add(readings.Connect());
    }

    /// <summary>One a tick, hot.</summary>
    public IObservable<FeedUpdate> Updates => _updates.AsObservable();

    /// <summary>All that is known now.</summary>
    public FeedSnapshot Current => Volatile.Read(ref _current);

    /// <summary>How many alerts are active.</summary>
    public int ActiveAlerts => _alerts.Active;

    /// <summary>Hears of a part that has ended with an error; the others go on.</summary>
    public Action<Exception>? Failed { get; set; }

    public void Dispose() => _subscriptions.Dispose();

    /// <summary>Loss of the link and of each peer, silence of each peer, a link that is not connected; and the window over the rate.</summary>
    private void Rules(IObservable<LinkPoint> points, IScheduler scheduler)
    {
        var loss = AlertCondition.Above(_options.LossFires, _options.LossClears);
        Rule(points.AlertWhen(point => point.Loss, loss, _options.HoldFor, _options.KeepFiringFor, Named("link loss"), scheduler), "ratio");
        Rule(
            points.AlertWhen(point => point.State != nameof(ConnectionState.Connected), _options.HoldFor, _options.KeepFiringFor, null, Named("not connected"), scheduler),
            "");

        var peers = _peerReadings.SelectMany(rows => rows);
        Rule(
            peers.AlertWhenPerKey(peer => peer.Peer, peer => peer.Row.Loss, loss, _options.HoldFor, _options.KeepFiringFor, Named("peer loss"), scheduler),
            "ratio");
        Rule(
            peers.AlertWhenPerKey(
                peer => peer.Peer, peer => peer.Row.Quiet, AlertCondition.Above(_options.SilenceFires, _options.SilenceFires), TimeSpan.Zero, TimeSpan.Zero, Named("peer silent"), scheduler),
            "s");

        Watch(
            points.SlidingWindow(point => point.PerSecond, 30 * Second, Second, new WindowOptions { EmitEmpty = false }, scheduler),
            window => _windows.Add("Rate", "", "/s", window));
    }

    /// <summary>Transit times by source: their windows, and an alert on them.</summary>
    private void TransitRules(IObservable<Message> samples, IScheduler scheduler)
    {
        var windows = samples
            .Where(message => message.Timestamp > 0 && Math.Abs(TransitMilliseconds(message)) <= _options.LongestTransit.TotalMilliseconds)
            .PerKey(
                message => MessageSamples.Cut(message.Source, _options.NameLength),
                message => TransitMilliseconds(message),
                10 * Second,
                Second,
                _options.SourcesWithWindows,
                30 * Second,
                new WindowOptions { EmitEmpty = false },
                scheduler: scheduler)
            .Where(window => !window.IsOverflow)
            .Publish();
        Watch(windows, window => _windows.Add("Transit of " + window.Key, window.Key!, "ms", window.Window));
        Rule(
            windows.AlertWhenPerKey(
                window => window.Key!,
                window => window.Window.P95,
                AlertCondition.Above(_options.TransitFires, _options.TransitClears),
                _options.HoldFor,
                _options.KeepFiringFor,
                Named("slow transit"),
                scheduler),
            "ms");
        _subscriptions.Add(windows.Connect());
    }

    private AlertOptions Named(string rule) => new() { Rule = rule, MaximumKeys = _options.PeersTracked, KeyIdleExpiry = TimeSpan.FromMinutes(1) };

    private void Rule(IObservable<AlertTransition> changes, string unit) => Watch(changes, change => _alerts.Add(change, NameOf(change.Key), unit));

    private string NameOf(object? key) => key switch
    {
        UdpEndpoint peer => _peers.NameOf(peer),
        _ => key?.ToString() ?? "",
    };

    private void Watch<T>(IObservable<T> source, Action<T> next) => _subscriptions.Add(source.Subscribe(next, error => Failed?.Invoke(error)));

    /// <summary>From the sender's stamp to our receipt: with clocks that differ, their difference is in it.</summary>
    private static double TransitMilliseconds(Message message) => (message.ReceivedAt - message.SentAt).TotalMilliseconds;

    /// <summary>What was delivered and could be a message: the link's own heartbeats are not.</summary>
    private static long Deliverable(LinkStatistics now)
    {
        var heartbeats = now.Heartbeats;
        return now.Ledger.Delivered - heartbeats.Measured - heartbeats.Refused - heartbeats.Answered - heartbeats.Unanswered;
    }

    private void Tell(LinkReading reading)
    {
        PeerUpdate? peers = null;
        if (_tick++ % _ticksPerSecond == 0)
        {
            (peers, var tracked) = _peers.Read(_clock.Elapsed);
            _peerReadings.OnNext(tracked);
        }

        var point = reading.Point with { Jitter = _peers.Jitter.Mean, WorstJitter = _peers.Jitter.Worst };
        var link = new LinkUpdate(point, LinkTotals.Of(reading.Now));
        var update = new FeedUpdate(link, _messages.Take(Deliverable(reading.Now)), peers, _windows.Take(), _alerts.Take());
        Volatile.Write(ref _current, Join(_current, update));
        _updates.OnNext(update);
    }

    private FeedSnapshot Join(FeedSnapshot last, FeedUpdate update)
    {
        return new FeedSnapshot(
            Join(last.Points, update.Link.Point),
            update.Link,
            Join(last.Messages, update.Messages),
            update.Peers ?? last.Peers,
            update.Windows ?? last.Windows,
            update.Alerts ?? last.Alerts);
    }

    /// <summary>In order of time, as the page does: a clock that was set back a little is waited for; by more, what is kept has times that are yet to come, and goes.</summary>
    private ImmutableArray<LinkPoint> Join(ImmutableArray<LinkPoint> last, LinkPoint point)
    {
        if (last.IsEmpty || point.At < last[^1].At - SmallStep)
        {
            return [point];
        }

        if (point.At <= last[^1].At)
        {
            return last;
        }

        return (last.Length == _options.PointsKept ? last.RemoveAt(0) : last).Add(point);
    }

    private MessageUpdate Join(MessageUpdate last, MessageUpdate? update)
    {
        if (update is null)
        {
            return last;
        }

        var rows = last.Rows.AddRange(update.Rows);
        return update with { Rows = rows.Length > _options.MessagesKept ? rows.RemoveRange(0, rows.Length - _options.MessagesKept) : rows };
    }
}
