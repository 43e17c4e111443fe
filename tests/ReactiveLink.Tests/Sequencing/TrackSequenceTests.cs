using System.Net;
using System.Reactive.Linq;
using Microsoft.Reactive.Testing;

namespace ReactiveLink.Tests.Sequencing;

public sealed class TrackSequenceTests : ReactiveTest
{
    private readonly record struct Packet(uint Ssrc, ushort SequenceNumber, uint Timestamp = 0, long Arrival = 0);

    [Fact]
    public void TrackSequence_ArgumentChecking()
    {
        var source = Observable.Empty<Packet>();
        var space = SequenceSpace.UInt16;
        var bad = new SequenceOptions { Probation = 0 };

        Assert.Throws<ArgumentNullException>(() => SequenceObservable.TrackSequence<Packet, uint>(null!, p => p.Ssrc, p => p.SequenceNumber, space));
        Assert.Throws<ArgumentNullException>(() => source.TrackSequence((Func<Packet, uint>)null!, p => p.SequenceNumber, space));
        Assert.Throws<ArgumentNullException>(() => source.TrackSequence(p => p.Ssrc, null!, space));
        Assert.Throws<ArgumentNullException>(() => source.TrackSequence(p => p.Ssrc, p => p.SequenceNumber, null!));
        Assert.Throws<ArgumentException>(() => source.TrackSequence(p => p.Ssrc, p => p.SequenceNumber, space, bad));
        Assert.Throws<ArgumentNullException>(() => source.TrackSequence(p => p.Ssrc, p => p.SequenceNumber, space).Subscribe(null!));
        Assert.Throws<ArgumentNullException>(() => SequenceObservable.TrackSequence<Packet>(null!, p => p.SequenceNumber, space));
        Assert.Throws<ArgumentNullException>(() => source.TrackSequence(p => p.Ssrc, p => p.SequenceNumber, space, (Func<Packet, uint>)null!, 8000));
        Assert.Throws<ArgumentOutOfRangeException>(() => source.TrackSequence(p => p.Ssrc, p => p.SequenceNumber, space, p => p.Timestamp, 0));
        Assert.Throws<ArgumentNullException>(() => source.TrackSequence(p => p.Ssrc, p => p.SequenceNumber, space, (Func<Packet, TimeSpan>)null!));
        Assert.Throws<ArgumentNullException>(() => ((IObservable<Frame>)null!).TrackSequence());
        Assert.Throws<ArgumentException>(() => Observable.Empty<Frame>().TrackSequence(bad));
        Assert.Throws<ArgumentNullException>(() => Observable.Empty<Frame>().TrackSequence().Subscribe(null!));
    }

    [Fact]
    public void TrackSequence_Never()
    {
        var scheduler = new TestScheduler();
        var source = scheduler.CreateHotObservable<Packet>();

        var result = scheduler.Start(() => Verdicts(source, scheduler));

        Assert.Empty(result.Messages);
        source.Subscriptions.AssertEqual(Subscribe(200, 1000));
    }

    [Fact]
    public void TrackSequence_Empty()
    {
        var scheduler = new TestScheduler();
        var source = scheduler.CreateHotObservable(OnCompleted<Packet>(250));

        var result = scheduler.Start(() => Verdicts(source, scheduler));

        result.Messages.AssertEqual(OnCompleted<string>(250));
        source.Subscriptions.AssertEqual(Subscribe(200, 250));
    }

    [Fact]
    public void TrackSequence_Error()
    {
        var scheduler = new TestScheduler();
        var error = new InvalidOperationException("test");
        var source = scheduler.CreateHotObservable(OnNext(210, new Packet(1, 5)), OnError<Packet>(250, error));

        var result = scheduler.Start(() => Verdicts(source, scheduler));

        result.Messages.AssertEqual(OnNext(210, "1/5 in-order"), OnError<string>(250, error));
        source.Subscriptions.AssertEqual(Subscribe(200, 250));
    }

    [Fact]
    public void TrackSequence_Dispose()
    {
        var scheduler = new TestScheduler();
        var source = scheduler.CreateHotObservable(OnNext(210, new Packet(1, 5)), OnNext(310, new Packet(1, 6)));

        var result = scheduler.Start(() => Verdicts(source, scheduler), 300);

        result.Messages.AssertEqual(OnNext(210, "1/5 in-order"));
        source.Subscriptions.AssertEqual(Subscribe(200, 300));
    }

    [Fact]
    public void TrackSequence_SelectorThrows()
    {
        var error = new InvalidOperationException("test");
        AssertSelectorThrows(source => source.TrackSequence<Packet, uint>(_ => throw error, p => p.SequenceNumber, SequenceSpace.UInt16));
        AssertSelectorThrows(source => source.TrackSequence(p => p.Ssrc, _ => throw error, SequenceSpace.UInt16));
        AssertSelectorThrows(source => source.TrackSequence(p => p.Ssrc, p => p.SequenceNumber, SequenceSpace.UInt16, (Func<Packet, uint>)(_ => throw error), 8000));
        AssertSelectorThrows(source => source.TrackSequence(p => p.Ssrc, p => p.SequenceNumber, SequenceSpace.UInt16, (Func<Packet, TimeSpan>)(_ => throw error)));
        AssertSelectorThrows(source => source.TrackSequence(
            p => p.Ssrc, p => p.SequenceNumber, SequenceSpace.UInt16, _ => TimeSpan.Zero, _ => throw error));
        AssertSelectorThrows(source => source.TrackSequence(_ => throw error, SequenceSpace.UInt16));

        void AssertSelectorThrows(Func<IObservable<Packet>, IObservable<Sequenced<Packet>>> track)
        {
            var scheduler = new TestScheduler();
            var source = scheduler.CreateHotObservable(OnNext(210, new Packet(1, 5)), OnNext(220, new Packet(1, 6)));

            var result = scheduler.Start(() => track(source));

            result.Messages.AssertEqual(OnError<Sequenced<Packet>>(210, error));
            source.Subscriptions.AssertEqual(Subscribe(200, 210));
        }
    }

    [Fact]
    public void TrackSequence_every_verdict_per_peer_at_once()
    {
        var scheduler = new TestScheduler();
        var source = scheduler.CreateHotObservable(
            OnNext(210, new Packet(1, 65534)),
            OnNext(220, new Packet(2, 7)),
            OnNext(230, new Packet(1, 65535)),
            OnNext(240, new Packet(2, 8)),
            OnNext(250, new Packet(1, 1)),
            OnNext(260, new Packet(1, 0)),
            OnNext(270, new Packet(1, 0)),
            OnNext(280, new Packet(2, 30_000)),
            OnNext(290, new Packet(2, 30_001)),
            OnNext(300, new Packet(2, 9)),
            OnCompleted<Packet>(310));

        var result = scheduler.Start(() => Verdicts(source, scheduler));

        result.Messages.AssertEqual(
            OnNext(210, "1/65534 in-order"),
            OnNext(220, "2/7 in-order"),
            OnNext(230, "1/65535 in-order"),
            OnNext(240, "2/8 in-order"),
            OnNext(250, "1/1 gap(1)"),
            OnNext(260, "1/0 late"),
            OnNext(270, "1/0 duplicate"),
            OnNext(280, "2/30000 late"),
            OnNext(290, "2/30001 restart"),
            OnNext(300, "2/9 late"),
            OnCompleted<string>(310));
        source.Subscriptions.AssertEqual(Subscribe(200, 310));
    }

    [Fact]
    public void TrackSequence_gives_one_peer_object_with_its_counts()
    {
        var source = new[] { new Packet(1, 5), new Packet(2, 5), new Packet(1, 7), new Packet(1, 7) }.ToObservable();

        var items = source.TrackSequence(p => p.Ssrc, p => p.SequenceNumber, SequenceSpace.UInt16).ToList().Wait();

        Assert.Same(items[0].Peer, items[2].Peer);
        Assert.NotSame(items[0].Peer, items[1].Peer);
        Assert.Equal(1u, items[0].Peer!.Key);
        Assert.Equal(new SequenceStatistics(1, 1, 1, 1, 0, 0), items[0].Peer!.GetStatistics());
        Assert.Equal(7UL, items[0].Peer!.HighestSequence);
        Assert.Equal(8UL, items[0].Peer!.ExpectedSequence);
        Assert.Same(SequenceSpace.UInt16, items[0].Peer!.Space);
        Assert.Equal(TimeSpan.Zero, items[0].Peer!.Jitter);
    }

    [Fact]
    public void TrackSequence_each_subscription_has_its_own_peers()
    {
        var tracked = new[] { 1, 2 }.ToObservable().TrackSequence(n => (ulong)n, SequenceSpace.UInt8);

        Assert.Equal([Verdict.InOrder, Verdict.InOrder], tracked.Select(item => item.Verdict).ToList().Wait());
        Assert.Equal([Verdict.InOrder, Verdict.InOrder], tracked.Select(item => item.Verdict).ToList().Wait());
    }

    [Fact]
    public void TrackSequence_without_a_key_is_one_sender()
    {
        var items = new[] { 255, 0, 2 }.ToObservable().TrackSequence(n => (ulong)n, SequenceSpace.UInt8).ToList().Wait();

        Assert.Equal([Verdict.InOrder, Verdict.InOrder, Verdict.Gap(1)], items.Select(item => item.Verdict));
        Assert.Single(items.Select(item => item.Peer).Distinct());
    }

    [Fact]
    public void TrackSequence_an_item_of_a_new_peer_while_the_table_is_full_is_a_peer_limit_fault()
    {
        var scheduler = new TestScheduler();
        var faults = scheduler.CreateObserver<Fault>();
        var source = scheduler.CreateHotObservable(
            OnNext(210, new Packet(1, 1)),
            OnNext(220, new Packet(1, 2)),
            OnNext(230, new Packet(2, 1)),
            OnNext(240, new Packet(1, 3)));

        var result = scheduler.Start(() => Verdicts(source, scheduler, new SequenceOptions { MaximumPeers = 1 }, faults));

        result.Messages.AssertEqual(OnNext(210, "1/1 in-order"), OnNext(220, "1/2 in-order"), OnNext(240, "1/3 in-order"));
        faults.Messages.AssertEqual(OnNext(230, new Fault(FaultReason.PeerLimit, new DateTimeOffset(230, TimeSpan.Zero))));
    }

    [Fact]
    public void TrackSequence_an_idle_peer_is_new()
    {
        var scheduler = new TestScheduler();
        var source = scheduler.CreateHotObservable(OnNext(210, new Packet(1, 1)), OnNext(260, new Packet(1, 2)), OnNext(311, new Packet(1, 5)));

        var result = scheduler.Start(() => Verdicts(source, scheduler, new SequenceOptions { PeerIdleExpiry = TimeSpan.FromTicks(50) }));

        result.Messages.AssertEqual(OnNext(210, "1/1 in-order"), OnNext(260, "1/2 in-order"), OnNext(311, "1/5 in-order"));
    }

    /// <summary>As in <see cref="SequenceStatisticsTests.Jitter_is_rfc3550_section_6_4_1"/>, through the operator and its clock.</summary>
    [Fact]
    public void TrackSequence_measures_jitter_from_timestamps()
    {
        long[] transit = [20, 25, 20, 60, 20];
        var scheduler = new TestScheduler();
        var packets = transit.Select((ms, i) =>
            new Packet(1, (ushort)i, unchecked(uint.MaxValue - 200 + (uint)(160 * i)), ((20 * i) + ms) * TimeSpan.TicksPerMillisecond)).ToArray();
        var source = scheduler.CreateHotObservable([.. packets.Select(p => OnNext(1000 + p.Arrival, p))]);
        PeerSequence? byClock = null;
        PeerSequence? byTimes = null;
        using var first = source.TrackSequence(p => p.Ssrc, p => p.SequenceNumber, SequenceSpace.UInt16, p => p.Timestamp, 8000, scheduler: scheduler)
            .Subscribe(item => byClock = item.Peer);
        using var second = source.TrackSequence(
            p => p.Ssrc, p => p.SequenceNumber, SequenceSpace.UInt16, p => TimeSpan.FromMilliseconds(20 * p.SequenceNumber), p => TimeSpan.FromTicks(p.Arrival))
            .Subscribe(item => byTimes = item.Peer);

        scheduler.Start();

        // The last two arrive in the other order: 100 ms and 120 ms become 80 + 20 = 100 before 60 + 60 = 120.
        Assert.Equal(byTimes!.Jitter, byClock!.Jitter);
        Assert.Equal(JitterOf([20, 25, 20, 20, 60]), byClock.Jitter);
        Assert.Equal(1, byClock.GetStatistics().Late);
    }

    [Fact]
    public void TrackSequence_of_frames_is_per_remote_endpoint()
    {
        var scheduler = new TestScheduler();
        var faults = scheduler.CreateObserver<Fault>();
        var source = scheduler.CreateHotObservable(
            OnNext(210, FrameOf(1, uint.MaxValue)),
            OnNext(220, FrameOf(1, 0)),
            OnNext(230, FrameOf(1, 2)),
            OnNext(240, FrameOf(2, 2)),
            OnNext(250, FrameOf(2, null)),
            OnCompleted<Frame>(260));

        var result = scheduler.Start(() => source.TrackSequence(new SequenceOptions { MaximumPeers = 1 }, scheduler, faults)
            .Select(item => $"{item.Value.Datagram.Remote.Port}/{item.Sequence} {item.Verdict} {item.Peer?.Key}"));

        result.Messages.AssertEqual(
            OnNext(210, "1/4294967295 in-order 127.0.0.1:1"),
            OnNext(220, "1/0 in-order 127.0.0.1:1"),
            OnNext(230, "1/2 gap(1) 127.0.0.1:1"),
            OnNext(250, "2/0 in-order "),
            OnCompleted<string>(260));
        faults.Messages.AssertEqual(OnNext(240, new Fault(FaultReason.PeerLimit, DateTimeOffset.UnixEpoch, new UdpEndpoint(IPAddress.Loopback, 2))));
        source.Subscriptions.AssertEqual(Subscribe(200, 260));
    }

    private static TimeSpan JitterOf(long[] transitInMilliseconds)
    {
        var jitter = 0.0;
        for (var i = 1; i < transitInMilliseconds.Length; i++)
        {
            jitter += (Math.Abs(transitInMilliseconds[i] - transitInMilliseconds[i - 1]) - jitter) / 16;
        }

        return TimeSpan.FromTicks((long)(jitter * TimeSpan.TicksPerMillisecond));
    }

    private static IObservable<string> Verdicts(
        IObservable<Packet> source, TestScheduler scheduler, SequenceOptions? options = null, IObserver<Fault>? faults = null) =>
        source.TrackSequence(p => p.Ssrc, p => p.SequenceNumber, SequenceSpace.UInt16, options, scheduler, faults)
            .Select(item => $"{item.Value.Ssrc}/{item.Sequence} {item.Verdict}");

    private static Frame FrameOf(int port, uint? sequence)
    {
        var datagram = new Datagram(new byte[8], new UdpEndpoint(IPAddress.Loopback, port), DateTimeOffset.UnixEpoch, TimeSpan.Zero);
        return new Frame(datagram, datagram.Payload, sequence);
    }
}
