using System.Net;
using System.Net.Sockets;
using System.Reactive;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using Microsoft.Reactive.Testing;

namespace ReactiveLink.Testing.Tests.Capture;

/// <summary>What is written reads back; failures are told; the stream is untouched.</summary>
public sealed class WriteCaptureTests : ReactiveTest
{
    private static readonly UdpEndpoint Local = new(Packets.To, 9000);
    private static readonly DateTimeOffset Then = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public void ArgumentChecking()
    {
        var source = Observable.Never<Datagram>();
        Assert.Throws<ArgumentNullException>(() => default(IObservable<Datagram>)!.WriteCapture("x", Local));
        Assert.Throws<ArgumentException>(() => source.WriteCapture("", Local));
        Assert.Throws<ArgumentNullException>(() => source.WriteCapture(default(Stream)!, Local));
        Assert.Throws<ArgumentNullException>(() => source.WriteCapture("x", null!));
        Assert.Equal(
            "Application is null or longer than 1000 bytes of UTF-8: give a short name. SnapLength is 47: give 48 (the headers) to 262144. (Parameter 'options')",
            Assert.Throws<ArgumentException>(() => source.WriteCapture("x", Local, new CaptureWriteOptions { Application = new string('x', 1001), SnapLength = 47 })).Message);
    }

    [Fact]
    public void Never_Empty_Error_and_Dispose_pass_and_leave_a_whole_file()
    {
        var scheduler = new TestScheduler();
        var failure = new InvalidOperationException();
        foreach (var (source, expected) in new (ITestableObservable<Datagram>, Notification<Datagram>?)[]
        {
            (scheduler.CreateColdObservable<Datagram>(), null),
            (scheduler.CreateColdObservable(OnCompleted<Datagram>(10)), Notification.CreateOnCompleted<Datagram>()),
            (scheduler.CreateColdObservable(OnError<Datagram>(10, failure)), Notification.CreateOnError<Datagram>(failure)),
        })
        {
            using var stream = new MemoryStream();
            var recorder = source.WriteCapture(stream, Local).Record(scheduler);
            var start = scheduler.Clock;
            scheduler.AdvanceBy(100);
            recorder.Dispose();
            scheduler.AdvanceBy(100);

            Assert.Equal(expected, recorder.Notifications.Select(n => n.Notification).SingleOrDefault());
            Assert.Equal(new Subscription(start, start + (expected is null ? 100 : 10)), Assert.Single(source.Subscriptions));
            Assert.True(Reading.Of(stream.ToArray()).Completed);
        }
    }

    [Fact]
    public void Datagrams_pass_unchanged_and_read_back_to_the_tick()
    {
        var datagrams = new[]
        {
            Datagram([1, 2, 3], Then.AddTicks(1)),
            Datagram([], Then.AddTicks(7)),
            Datagram(new byte[65_507], Then.AddTicks(9)),
            Datagram([9, 9, 9, 9, 9], DateTimeOffset.MinValue.AddTicks(1)),       // a TestScheduler's time
            Datagram([8], DateTimeOffset.MaxValue),
            Datagram([7, 6], DateTimeOffset.UnixEpoch.AddTicks(-1)),
            new Datagram(new byte[65_527], Packets.Endpoint(5, AddressFamily.InterNetworkV6), Then, default),
        };
        using var stream = new MemoryStream();

        using var passed = datagrams.ToObservable().WriteCapture(stream, Local).Record();

        Assert.True(passed.Completed);
        Assert.Equal(datagrams, passed.Values);
        var read = Reading.Of(stream.ToArray());
        Assert.Null(read.Error);
        Assert.Equal(datagrams.Select(d => (d.ReceivedAt, d.Remote)), read.Datagrams.Select(d => (d.ReceivedAt, d.Remote)));
        Assert.All(datagrams.Zip(read.Datagrams), pair => Assert.True(pair.First.Payload.Span.SequenceEqual(pair.Second.Payload.Span)));
        Assert.Equal(6, Reading.Of(stream.ToArray(), new CaptureReadOptions { Port = 9000, Destination = Packets.To }).Datagrams.Count);
        Assert.Single(Reading.Of(stream.ToArray(), new CaptureReadOptions { Port = 9000, Destination = IPAddress.IPv6Any }).Datagrams);
    }

    [Fact]
    public void A_snap_length_keeps_the_original_length()
    {
        using var stream = new MemoryStream();
        new[] { Datagram(new byte[22], Then), Datagram(new byte[23], Then) }.ToObservable()
            .WriteCapture(stream, Local, new CaptureWriteOptions { SnapLength = 50 }).Subscribe();

        var read = Reading.Of(stream.ToArray());

        Assert.Equal(22, Assert.Single(read.Datagrams).Payload.Length);
        Assert.Equal((FaultReason.Truncated, Then), (Assert.Single(read.Faults).Reason, read.Faults[0].At));
    }

    [Fact]
    public void A_datagram_too_large_for_UDP_passes_with_a_fault()
    {
        using var stream = new MemoryStream();
        var faults = new RecordingObserver<Fault>();

        using var passed = new[] { Datagram(new byte[65_508], Then), Datagram([1], Then) }.ToObservable().WriteCapture(stream, Local, faults: faults).Record();

        Assert.Equal(2, passed.Values.Count);
        Assert.Equal(FaultReason.Oversize, Assert.Single(faults.Values).Reason);
        Assert.Single(Reading.Of(stream.ToArray()).Datagrams);
    }

    [Theory]
    [InlineData(10)]     // the header
    [InlineData(200)]    // the first or second packet
    public void A_full_disk_is_an_error(int space)
    {
        using var source = new Subject<Datagram>();
        using var stream = new BrokenStream(space);

        using var passed = source.WriteCapture(stream, Local).Record();
        for (var i = 0; i < 5; i++)
        {
            source.OnNext(Datagram([1, 2, 3, 4], Then));
        }

        var failure = Assert.IsType<CaptureException>(passed.Error);
        Assert.Equal(space == 10 ? "The capture could not be begun: the disk is full" : "The capture could not be written: the disk is full", failure.Message);
        Assert.InRange(failure.Offset, 0, space);
        Assert.False(source.HasObservers);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(200)]
    public void A_full_disk_with_somebody_for_the_faults_is_one_fault_and_the_stream_goes_on(int space)
    {
        var faults = new RecordingObserver<Fault>();
        using var stream = new BrokenStream(space);

        using var passed = Observable.Repeat(Datagram([1, 2, 3, 4], Then), 5).WriteCapture(stream, Local, faults: faults).Record();

        Assert.Equal(5, passed.Values.Count);
        Assert.True(passed.Completed);
        Assert.Equal(FaultReason.CaptureFailed, Assert.Single(faults.Values).Reason);
        Assert.IsType<CaptureException>(faults.Values[0].Exception);
    }

    [Fact]
    public void What_fails_at_the_flush_is_told_at_every_end()
    {
        using var completed = Observable.Return(Datagram([1], Then)).WriteCapture(Broken(), Local).Record();
        using var failed = Observable.Throw<Datagram>(new TimeoutException()).WriteCapture(Broken(), Local).Record();
        var faults = new RecordingObserver<Fault>();
        using var told = Observable.Return(Datagram([1], Then)).WriteCapture(Broken(), Local, faults: faults).Record();
        var disposed = Observable.Never<Datagram>().WriteCapture(Broken(), Local).Subscribe();
        Observable.Never<Datagram>().WriteCapture(Broken(), Local, faults: faults).Subscribe().Dispose();

        Assert.Equal("The capture could not be flushed and closed: the disk is full", Assert.IsType<CaptureException>(completed.Error).Message);
        Assert.Equal([typeof(TimeoutException), typeof(CaptureException)], Assert.IsType<AggregateException>(failed.Error).InnerExceptions.Select(e => e.GetType()));
        Assert.True(told.Completed);
        Assert.Throws<CaptureException>(disposed.Dispose);
        Assert.Equal([FaultReason.CaptureFailed, FaultReason.CaptureFailed], faults.Values.Select(f => f.Reason));

        static BrokenStream Broken() => new(long.MaxValue, failOnFlush: true);
    }

    [Fact]
    public void A_file_that_cannot_be_made_is_an_error_and_the_source_is_not_subscribed_to()
    {
        using var source = new Subject<Datagram>();
        using var passed = source.WriteCapture("/nowhere/at all/x.pcapng", Local).Record();

        Assert.StartsWith("The capture could not be begun: ", Assert.IsType<CaptureException>(passed.Error).Message, StringComparison.Ordinal);
        Assert.False(source.HasObservers);
    }

    [Fact]
    public void A_file_is_whole_after_dispose_even_from_within_OnNext_and_when_the_observer_throws()
    {
        using var file = new TemporaryFile();
        foreach (var throws in new[] { false, true })
        {
            using var source = new Subject<Datagram>();
            IDisposable? subscription = null;
            subscription = source.WriteCapture(file.Path, Local).Subscribe(Observer.Create<Datagram>(_ =>
            {
                if (throws)
                {
                    throw new InvalidOperationException("mine");
                }

                subscription!.Dispose();
            }));

            var thrown = Record.Exception(() => source.OnNext(Datagram([1, 2, 3], Then)));

            Assert.Equal(throws, thrown is InvalidOperationException { Message: "mine" });
            Assert.False(source.HasObservers);
            using var exclusive = new FileStream(file.Path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            exclusive.Dispose();
            Assert.Single(Reading.Of(File.ReadAllBytes(file.Path)).Datagrams);
            subscription.Dispose();
        }
    }

    [Fact]
    public async Task Dispose_on_another_thread_leaves_a_whole_file()
    {
        using var file = new TemporaryFile();
        for (var round = 0; round < 200; round++)
        {
            using var source = new Subject<Datagram>();
            var subscription = source.WriteCapture(file.Path, Local).Subscribe(_ => { });
            var writing = Task.Run(() =>
            {
                for (var i = 0; i < 200; i++)
                {
                    source.OnNext(Datagram(new byte[100], Then));
                }
            });
            await Task.Yield();
            subscription.Dispose();
            await writing.WaitAsync(TimeSpan.FromSeconds(60));

            Assert.True(Reading.Of(File.ReadAllBytes(file.Path)).Completed);
        }
    }

    private static Datagram Datagram(byte[] payload, DateTimeOffset at) => new(payload, Packets.Endpoint(), at, default);
}
