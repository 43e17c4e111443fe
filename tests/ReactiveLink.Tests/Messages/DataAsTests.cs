using System.Reactive;
using System.Reactive.Linq;
using System.Text.Json;
using Microsoft.Reactive.Testing;

namespace ReactiveLink.Tests.Messages;

public sealed class DataAsTests : ReactiveTest
{
    private readonly TestScheduler _scheduler = new();
    private readonly Message _good = Frames.Message(data: "5");
    private readonly Message _bad = Frames.Message(data: "\"x\"");

    [Fact]
    public void ArgumentChecking()
    {
        var source = Observable.Never<Message>();

        Assert.Throws<ArgumentNullException>(() => default(IObservable<Message>)!.DataAs(TestJson.Default.Int32));
        Assert.Throws<ArgumentNullException>(() => default(IObservable<Message>)!.DataAs<int>());
        Assert.Throws<ArgumentNullException>(() => source.DataAs<int>(typeInfo: null!));
        Assert.Throws<ArgumentNullException>(() => source.DataAs<int>().Subscribe(null!));
    }

    [Fact]
    public void Never()
    {
        var source = _scheduler.CreateHotObservable<Message>();

        var result = _scheduler.Start(() => source.DataAs(TestJson.Default.Int32));

        Assert.Empty(result.Messages);
        source.Subscriptions.AssertEqual(Subscribe(200, 1000));
    }

    [Fact]
    public void Empty()
    {
        var source = _scheduler.CreateHotObservable(OnCompleted<Message>(250));

        var result = _scheduler.Start(() => source.DataAs(TestJson.Default.Int32));

        result.Messages.AssertEqual(OnCompleted<Message<int>>(250));
        source.Subscriptions.AssertEqual(Subscribe(200, 250));
    }

    [Fact]
    public void Error()
    {
        var error = new InvalidOperationException();
        var faults = _scheduler.CreateObserver<Fault>();
        var source = _scheduler.CreateHotObservable(OnError<Message>(250, error));

        var result = _scheduler.Start(() => source.DataAs(TestJson.Default.Int32, faults));

        result.Messages.AssertEqual(OnError<Message<int>>(250, error));
        source.Subscriptions.AssertEqual(Subscribe(200, 250));
        Assert.Empty(faults.Messages);
    }

    [Fact]
    public void Dispose()
    {
        var source = _scheduler.CreateHotObservable(OnNext(210, _good), OnNext(250, _good));

        var result = _scheduler.Start(() => source.DataAs(TestJson.Default.Int32), disposed: 230);

        Assert.Equal(210, Assert.Single(result.Messages).Time);
        source.Subscriptions.AssertEqual(Subscribe(200, 230));
    }

    [Fact]
    public void Bad_data_is_a_fault_and_the_stream_goes_on()
    {
        var faults = _scheduler.CreateObserver<Fault>();
        var source = _scheduler.CreateHotObservable(
            OnNext(210, _good), OnNext(220, _bad), OnNext(230, Frames.Message()), OnNext(240, _good), OnCompleted<Message>(250));

        var result = _scheduler.Start(() => source.DataAs(TestJson.Default.Int32, faults));

        Assert.Equal([210, 240, 250], result.Messages.Select(m => m.Time));
        Assert.Equal([5, 5], result.Messages.Where(m => m.Value.HasValue).Select(m => m.Value.Value.Data));
        Assert.Equal([220, 230], faults.Messages.Select(m => m.Time));
        Assert.All(faults.Messages, m =>
        {
            Assert.Equal(FaultReason.DecodeFailed, m.Value.Value.Reason);
            Assert.Equal(Frames.ReceivedAt, m.Value.Value.At);
            Assert.Same(Frames.Peer, m.Value.Value.Peer);
            Assert.IsAssignableFrom<JsonException>(m.Value.Value.Exception);
        });
    }

    [Fact]
    public void Null_is_no_data_for_a_type_that_can_be_null()
    {
        var faults = _scheduler.CreateObserver<Fault>();
        var source = _scheduler.CreateHotObservable(OnNext(210, Frames.Message(data: "null")), OnNext(220, Frames.Message(data: "\"a\"")));

        var result = _scheduler.Start(() => source.DataAs(TestJson.Default.String, faults));

        Assert.Equal("a", Assert.Single(result.Messages).Value.Value.Data);
        Assert.Null(Assert.Single(faults.Messages).Value.Value.Exception);
    }

    [Fact]
    public void Faults_may_be_ignored()
    {
        var source = _scheduler.CreateHotObservable(OnNext(210, _bad), OnNext(220, _good));

        var result = _scheduler.Start(() => source.DataAs<int>());

        Assert.Equal(220, Assert.Single(result.Messages).Time);
    }

    [Fact]
    public void A_fault_observer_that_throws_is_not_called_again_and_the_stream_goes_on()
    {
        var calls = 0;
        var faults = Observer.Create<Fault>(_ =>
        {
            calls++;
            throw new InvalidOperationException();
        });
        var source = _scheduler.CreateHotObservable(OnNext(210, _bad), OnNext(220, _bad), OnNext(230, _good));

        var result = _scheduler.Start(() => source.DataAs(TestJson.Default.Int32, faults));

        Assert.Equal(230, Assert.Single(result.Messages).Time);
        Assert.Equal(1, calls);
    }

    [Fact]
    public void Two_subscribers_share_one_decoded_message()
    {
        var source = _scheduler.CreateHotObservable(OnNext(210, _good));
        var second = _scheduler.CreateObserver<Message<int>>();

        var result = _scheduler.Start(() =>
        {
            var stream = source.DataAs(TestJson.Default.Int32);
            stream.Subscribe(second);
            return stream;
        });

        Assert.Same(result.Messages[0].Value.Value, second.Messages[0].Value.Value);
    }
}
