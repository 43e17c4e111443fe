using System.Reactive.Concurrency;
using System.Reactive.Linq;
using Microsoft.Reactive.Testing;

namespace ReactiveLink.Testing.Tests.Capture;

/// <summary>Items come at the times of their stamps.</summary>
public sealed class ReplayTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void ArgumentChecking()
    {
        Assert.Throws<ArgumentNullException>(() => default(IEnumerable<int>)!.Replay(_ => Start));
        Assert.Throws<ArgumentNullException>(() => Array.Empty<int>().Replay(null!));
        Assert.Equal(
            "Speed is 0: give more than 0, infinity for no waiting. MaximumGap is -00:00:01: give zero or more, or null for no limit. (Parameter 'options')",
            Assert.Throws<ArgumentException>(() => Array.Empty<int>().Replay(_ => Start, new ReplayOptions { Speed = 0, MaximumGap = TimeSpan.FromSeconds(-1) })).Message);
        Assert.Throws<ArgumentException>(() => Array.Empty<int>().Replay(_ => Start, new ReplayOptions { Speed = double.NaN }));
    }

    [Theory]
    [InlineData(1, null, "0 10 10 12 100")]
    [InlineData(2, null, "0 5 5 6 50")]
    [InlineData(0.5, null, "0 20 20 24 200")]
    [InlineData(1, 5.0, "0 5 5 7 12")]
    [InlineData(10, 5.0, "0 0.5 0.5 0.7 1.2")]
    [InlineData(double.PositiveInfinity, null, "0 0 0 0 0")]
    [InlineData(1, 0.0, "0 0 0 0 0")]
    public void By_speed_and_longest_gap_with_stamps_that_go_back_at_once_in_order(double speed, double? longest, string expected)
    {
        var scheduler = new HistoricalScheduler(Start);
        var maximum = longest is { } seconds ? TimeSpan.FromSeconds(seconds) : default(TimeSpan?);
        int[] stamps = [1000, 1010, 1005, 1012, 1100];

        using var replayed = stamps.Replay(s => DateTimeOffset.FromUnixTimeSeconds(s), new ReplayOptions { Speed = speed, MaximumGap = maximum }, scheduler).Record(scheduler);
        scheduler.AdvanceBy(TimeSpan.FromSeconds(1000));

        Assert.Equal(stamps, replayed.Values);
        Assert.Equal(
            expected,
            string.Join(' ', replayed.Notifications.SkipLast(1).Select(n => (n.At - Start).TotalSeconds.ToString(System.Globalization.CultureInfo.InvariantCulture))));
        Assert.True(replayed.Completed);
        replayed.AssertGrammar();
    }

    [Fact]
    public void An_hour_of_a_file_is_exact_in_virtual_time()
    {
        using var file = new TemporaryFile();
        var recording = new HistoricalScheduler(Start);
        using (Observable.Interval(TimeSpan.FromSeconds(0.1), recording)
            .Select(n => new Datagram(BitConverter.GetBytes(n), Packets.Endpoint(), recording.Now, default))
            .WriteCapture(file.Path, Packets.Endpoint(9000))
            .Subscribe())
        {
            recording.AdvanceBy(TimeSpan.FromHours(1));
        }

        var scheduler = new TestScheduler();
        using var replayed = CaptureFile.Replay(file.Path, scheduler: scheduler).Record(scheduler);
        scheduler.AdvanceBy(TimeSpan.FromHours(1).Ticks + 10);

        Assert.Equal(36_000, replayed.Values.Count);
        var first = replayed.Notifications[0].At;
        Assert.All(
            replayed.Notifications.SkipLast(1).Select((n, i) => (n.At - first, n.Notification.Value.Elapsed, i)),
            item => Assert.Equal((item.i * TimeSpan.FromSeconds(0.1), item.i * TimeSpan.FromSeconds(0.1)), (item.Item1, item.Elapsed)));
        Assert.True(replayed.Completed);
    }

    [Fact]
    public void Empty_Error_and_a_selector_that_throws()
    {
        var scheduler = new HistoricalScheduler(Start);
        using var empty = Array.Empty<int>().Replay(_ => Start, null, scheduler).Record(scheduler);
        using var failing = Failing().Replay(_ => Start, null, scheduler).Record(scheduler);
        using var throwing = new[] { 1, 2 }.Replay(n => n == 1 ? Start : throw new TimeoutException(), null, scheduler).Record(scheduler);

        scheduler.Start();

        Assert.True(empty.Completed);
        Assert.Equal([7], failing.Values);
        Assert.IsType<InvalidDataException>(failing.Error);
        Assert.Equal([1], throwing.Values);
        Assert.IsType<TimeoutException>(throwing.Error);

        static IEnumerable<int> Failing()
        {
            yield return 7;
            throw new InvalidDataException();
        }
    }

    [Fact]
    public void Dispose_before_between_and_within_disposes_the_enumerator_once_and_ends_it()
    {
        foreach (var when in new[] { 0, 1, 2 })
        {
            var (disposed, seen) = (0, 0);
            var scheduler = new HistoricalScheduler(Start);
            IDisposable? subscription = null;
            subscription = Items(() => disposed++).Replay(n => Start.AddSeconds(n), null, scheduler).Subscribe(_ =>
            {
                seen++;
                if (when == 2)
                {
                    subscription!.Dispose();
                }
            });
            if (when == 1)
            {
                scheduler.AdvanceBy(TimeSpan.FromSeconds(0.5));
            }

            if (when != 2)
            {
                subscription.Dispose();
            }

            scheduler.AdvanceBy(TimeSpan.FromSeconds(10));

            Assert.Equal((when == 0 ? 0 : 1, when == 0 ? 0 : 1), (seen, disposed));
        }

        static IEnumerable<int> Items(Action disposed)
        {
            try
            {
                for (var i = 0; ; i++)
                {
                    yield return i;
                }
            }
            finally
            {
                disposed();
            }
        }
    }

    [Fact]
    public void An_observer_that_throws_loses_its_subscription()
    {
        var scheduler = new HistoricalScheduler(Start);
        var statistics = new RecordingObserver<CaptureStatistics>();
        var packet = Packets.IPv4(Packets.Udp([1]));
        using var file = new TemporaryFile("pcap");
        File.WriteAllBytes(file.Path, new CaptureBuilder().PcapHeader().PcapPacket(packet, 1).PcapPacket(packet, 2).ToArray());
        using var subscription = CaptureFile.Replay(file.Path, scheduler: scheduler, statistics: statistics).Subscribe(_ => throw new TimeoutException());

        Assert.Throws<TimeoutException>(() => scheduler.AdvanceBy(TimeSpan.FromSeconds(10)));

        Assert.Equal(1, Assert.Single(statistics.Values).Datagrams);
    }

    [Fact]
    public void Reading_stops_with_its_subscription()
    {
        var packet = Packets.IPv4(Packets.Udp([1]));
        var statistics = new RecordingObserver<CaptureStatistics>();
        var file = new CaptureBuilder().PcapHeader();
        for (var i = 0; i < 100; i++)
        {
            file.PcapPacket(packet);
        }

        var stream = new CountingStream(file.ToArray());
        using var read = CaptureFile.Read(() => stream, statistics: statistics).Take(3).Record();
        Assert.True(read.Completed);
        Assert.Equal(3, Assert.Single(statistics.Values).Packets);
        Assert.Equal(1, stream.Disposals);

        Assert.Throws<TimeoutException>(() => CaptureFile.Read(() => new MemoryStream(file.ToArray()), statistics: statistics).Subscribe(_ => throw new TimeoutException()));
        Assert.Equal(1, statistics.Values[^1].Packets);
    }

    [Fact]
    public async Task On_real_time_with_disposal_on_other_threads()
    {
        for (var round = 0; round < 100; round++)
        {
            using var replayed = Enumerable.Range(0, 1_000_000).Replay(n => Start.AddTicks(n), null, DefaultScheduler.Instance).ValidateSynchronization().Record();
            await replayed.WaitForCountAsync(1, TimeSpan.FromSeconds(60));
            replayed.Dispose();
            Assert.Null(replayed.Error);
            var values = replayed.Values;
            Assert.Equal(Enumerable.Range(0, values.Count), values);
        }
    }

    private sealed class CountingStream(byte[] bytes) : MemoryStream(bytes)
    {
        public int Disposals { get; private set; }

        protected override void Dispose(bool disposing)
        {
            Disposals++;
            base.Dispose(disposing);
        }
    }
}
