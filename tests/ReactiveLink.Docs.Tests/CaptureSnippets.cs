using System.Reactive.Concurrency;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using System.Text;
using ReactiveLink.Metrics;
using ReactiveLink.Testing;

namespace ReactiveLink.Docs.Tests;

/// <summary>The examples of capture and replay, run in virtual time.</summary>
public sealed class CaptureSnippets
{
    [Fact]
    public async Task Capture_and_replay()
    {
        var file = Path.Combine(Path.GetTempPath(), $"reactivelink-{Guid.NewGuid():N}.pcapng");
        using var positions = new Subject<Position>();
        using var captureFaults = new Subject<Fault>();
        using var parseFaults = new Subject<Fault>();
        using var seen = positions.Record();
        using var faults = captureFaults.Merge(parseFaults).Record();
        try
        {
            await CaptureAsync(file, positions, captureFaults, parseFaults);
            Assert.Equal(20, seen.Values.Count);
            Replay(file, parseFaults);
            await ReadAsync(file, captureFaults);
            Assert.Empty(faults.Values);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static async Task CaptureAsync(string file, IObserver<Position> positions, IObserver<Fault> captureFaults, IObserver<Fault> parseFaults)
    {
        var scheduler = new HistoricalScheduler(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        using var network = new VirtualNetwork(scheduler);
        await using var link = UdpLink.Over(network.AddHost("ground", "10.0.0.2").Listen("*:9000"), new LinkOptions { Frame = FrameFormat.None });
        using var drone = network.AddHost("drone", "10.0.0.1").Connect("ground:9000");

        #region capture-write
        using var watching = link.Datagrams
            .WriteCapture(file, link.LocalEndpoint, faults: captureFaults)   // pcapng, nanoseconds; a full disk is a fault and the stream goes on
            .Parse<Position>(Position.TryParse, parseFaults)
            .Subscribe(positions);
        #endregion

        using var sending = Observable.Interval(TimeSpan.FromSeconds(1), scheduler).Subscribe(n => drone.Send(Encoding.UTF8.GetBytes($"{n}")));
        scheduler.AdvanceBy(TimeSpan.FromSeconds(10.5));
        sending.Dispose();
        scheduler.AdvanceBy(TimeSpan.FromSeconds(20));
        using var later = Observable.Interval(TimeSpan.FromSeconds(1), scheduler).Take(10).Subscribe(n => drone.Send(Encoding.UTF8.GetBytes($"{n}")));
        scheduler.AdvanceBy(TimeSpan.FromSeconds(11));
    }

    private static void Replay(string file, IObserver<Fault> parseFaults)
    {
        #region capture-replay
        var scheduler = new HistoricalScheduler();
        using var alerts = CaptureFile.Replay(file, scheduler: scheduler)
            .Parse<Position>(Position.TryParse, parseFaults)
            .WhenAbsent(timeout: TimeSpan.FromSeconds(3), scheduler: scheduler)
            .Record(scheduler);
        scheduler.AdvanceBy(TimeSpan.FromHours(1));
        #endregion

        Assert.Contains(alerts.Values, alert => alert.To == AlertState.Firing);
    }

    private static async Task ReadAsync(string file, IObserver<Fault> captureFaults)
    {
        #region capture-read
        var account = new RecordingObserver<CaptureStatistics>();
        var datagrams = await CaptureFile
            .Read(file, new CaptureReadOptions { Port = 9000 }, captureFaults, account)
            .ToList();
        Assert.Equal(account.Values[0].Datagrams, datagrams.Count);
        #endregion

        Assert.Equal(20, datagrams.Count);
    }

    private sealed record Position(int Value)
    {
        public static bool TryParse(ReadOnlySpan<byte> bytes, out Position position)
        {
            var isNumber = int.TryParse(bytes, System.Globalization.CultureInfo.InvariantCulture, out var value);
            position = new Position(value);
            return isNumber;
        }
    }
}
