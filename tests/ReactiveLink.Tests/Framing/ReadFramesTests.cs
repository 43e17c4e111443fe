using System.Net;
using System.Reactive;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using Microsoft.Reactive.Testing;

namespace ReactiveLink.Tests.Framing;

public sealed class ReadFramesTests : ReactiveTest
{
    private static readonly UdpEndpoint Remote = new(IPAddress.Loopback, 4000);

    [Fact]
    public void ReadFrames_ArgumentChecking()
    {
        var source = Observable.Empty<Datagram>();

        Assert.Throws<ArgumentNullException>(() => FrameObservable.ReadFrames(null!, FrameFormat.None));
        Assert.Throws<ArgumentNullException>(() => source.ReadFrames(null!));
        Assert.Throws<ArgumentException>(() => source.ReadFrames(new FrameFormat { MaximumDecompressedSize = -1 }));
        Assert.Throws<ArgumentNullException>(() => source.ReadFrames(FrameFormat.None).Subscribe(null!));
    }

    [Fact]
    public void ReadFrames_Never()
    {
        var scheduler = new TestScheduler();
        var source = scheduler.CreateHotObservable<Datagram>();

        var result = scheduler.Start(() => Payloads(source));

        Assert.Empty(result.Messages);
        source.Subscriptions.AssertEqual(Subscribe(200, 1000));
    }

    [Fact]
    public void ReadFrames_Empty()
    {
        var scheduler = new TestScheduler();
        var source = scheduler.CreateHotObservable(OnCompleted<Datagram>(250));

        var result = scheduler.Start(() => Payloads(source));

        result.Messages.AssertEqual(OnCompleted<string>(250));
        source.Subscriptions.AssertEqual(Subscribe(200, 250));
    }

    [Fact]
    public void ReadFrames_Error()
    {
        var scheduler = new TestScheduler();
        var error = new InvalidOperationException("test");
        var source = scheduler.CreateHotObservable(OnNext(210, Good(1, "a")), OnError<Datagram>(250, error));

        var result = scheduler.Start(() => Payloads(source));

        result.Messages.AssertEqual(OnNext(210, "1:a"), OnError<string>(250, error));
        source.Subscriptions.AssertEqual(Subscribe(200, 250));
    }

    [Fact]
    public void ReadFrames_Dispose()
    {
        var scheduler = new TestScheduler();
        var source = scheduler.CreateHotObservable(OnNext(210, Good(1, "a")), OnNext(310, Good(2, "b")));

        var result = scheduler.Start(() => Payloads(source), 300);

        result.Messages.AssertEqual(OnNext(210, "1:a"));
        source.Subscriptions.AssertEqual(Subscribe(200, 300));
    }

    [Fact]
    public void ReadFrames_bad_frames_become_faults_and_the_stream_goes_on()
    {
        var scheduler = new TestScheduler();
        var damaged = Good(2, "b").ToArray();
        damaged[9 - 1] ^= 0x10;
        var source = scheduler.CreateHotObservable(
            OnNext(210, Good(1, "a")),
            OnNext(220, At(damaged, 220)),
            OnNext(230, At([1, 2, 3], 230)),
            OnNext(240, Good(3, "c")),
            OnCompleted<Datagram>(250));
        var faults = scheduler.CreateObserver<Fault>();

        var result = scheduler.Start(() => Payloads(source, faults));

        result.Messages.AssertEqual(OnNext(210, "1:a"), OnNext(240, "3:c"), OnCompleted<string>(250));
        faults.Messages.AssertEqual(
            OnNext(220, new Fault(FaultReason.CrcMismatch, Time(220), Remote)),
            OnNext(230, new Fault(FaultReason.TooShort, Time(230), Remote)));
        source.Subscriptions.AssertEqual(Subscribe(200, 250));
    }

    [Fact]
    public void ReadFrames_without_a_fault_observer_skips_bad_frames()
    {
        var scheduler = new TestScheduler();
        var source = scheduler.CreateHotObservable(OnNext(210, At([1], 210)), OnNext(220, Good(1, "a")));

        var result = scheduler.Start(() => Payloads(source));

        result.Messages.AssertEqual(OnNext(220, "1:a"));
    }

    [Fact]
    public void ReadFrames_an_observer_that_throws_loses_its_subscription()
    {
        var source = new Subject<Datagram>();
        var calls = 0;
        using var subscription = source.ReadFrames(FrameFormat.CrcSequenced).Subscribe(Observer.Create<Frame>(_ =>
        {
            calls++;
            throw new InvalidOperationException("test");
        }));

        Assert.Throws<InvalidOperationException>(() => source.OnNext(Good(1, "a")));
        Assert.False(source.HasObservers);
        source.OnNext(Good(2, "b"));
        Assert.Equal(1, calls);
    }

    private static IObservable<string> Payloads(IObservable<Datagram> source, IObserver<Fault>? faults = null) =>
        source.ReadFrames(FrameFormat.CrcSequenced, faults)
            .Select(frame => frame.Sequence + ":" + System.Text.Encoding.UTF8.GetString(frame.Payload.Span));

    private static DateTimeOffset Time(long ticks) => DateTimeOffset.UnixEpoch.AddTicks(ticks);

    private static Datagram At(byte[] bytes, long ticks) => new(bytes, Remote, Time(ticks), TimeSpan.FromTicks(ticks));

    private static Datagram Good(uint sequence, string text)
    {
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        FrameFormat.CrcSequenced.Write(sequence, System.Text.Encoding.UTF8.GetBytes(text), output);
        return At(output.WrittenSpan.ToArray(), 0);
    }
}
