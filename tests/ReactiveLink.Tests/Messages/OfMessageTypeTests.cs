using System.Reactive.Linq;
using Microsoft.Reactive.Testing;

namespace ReactiveLink.Tests.Messages;

public sealed class OfMessageTypeTests : ReactiveTest
{
    private readonly TestScheduler _scheduler = new();
    private readonly Message _data = Frames.Message();
    private readonly Message _command = Frames.Message("command");
    private readonly Message _custom = Frames.Message("custom");

    [Fact]
    public void ArgumentChecking()
    {
        var source = Observable.Never<Message>();

        Assert.Throws<ArgumentNullException>(() => default(IObservable<Message>)!.OfMessageType(MessageType.Data));
        Assert.Throws<ArgumentNullException>(() => default(IObservable<Message>)!.OfMessageType(MessageType.Data, MessageType.Status));
        Assert.Throws<ArgumentNullException>(() => source.OfMessageType(null!));
    }

    [Fact]
    public void Never()
    {
        var source = _scheduler.CreateHotObservable<Message>();

        var result = _scheduler.Start(() => source.OfMessageType(MessageType.Data));

        Assert.Empty(result.Messages);
        source.Subscriptions.AssertEqual(Subscribe(200, 1000));
    }

    [Fact]
    public void Empty()
    {
        var source = _scheduler.CreateHotObservable(OnCompleted<Message>(250));

        var result = _scheduler.Start(() => source.OfMessageType(MessageType.Data));

        result.Messages.AssertEqual(OnCompleted<Message>(250));
        source.Subscriptions.AssertEqual(Subscribe(200, 250));
    }

    [Fact]
    public void Error()
    {
        var error = new InvalidOperationException();
        var source = _scheduler.CreateHotObservable(OnNext(210, _data), OnError<Message>(250, error));

        var result = _scheduler.Start(() => source.OfMessageType(MessageType.Data));

        result.Messages.AssertEqual(OnNext(210, _data), OnError<Message>(250, error));
        source.Subscriptions.AssertEqual(Subscribe(200, 250));
    }

    [Fact]
    public void Dispose()
    {
        var source = _scheduler.CreateHotObservable(OnNext(210, _data), OnNext(250, _data));

        var result = _scheduler.Start(() => source.OfMessageType(MessageType.Data), disposed: 230);

        result.Messages.AssertEqual(OnNext(210, _data));
        source.Subscriptions.AssertEqual(Subscribe(200, 230));
    }

    [Fact]
    public void One_type()
    {
        var source = _scheduler.CreateHotObservable(OnNext(210, _data), OnNext(220, _command), OnNext(230, _custom), OnNext(240, _command));

        var result = _scheduler.Start(() => source.OfMessageType(MessageType.Command));

        result.Messages.AssertEqual(OnNext(220, _command), OnNext(240, _command));
    }

    [Fact]
    public void Several_types_an_own_one_among_them()
    {
        var source = _scheduler.CreateHotObservable(OnNext(210, _data), OnNext(220, _command), OnNext(230, _custom));
        MessageType[] types = [new("custom"), MessageType.Data];

        var stream = source.OfMessageType(types);
        types[0] = MessageType.Command;
        var result = _scheduler.Start(() => stream);

        result.Messages.AssertEqual(OnNext(210, _data), OnNext(230, _custom));
    }

    [Fact]
    public void No_types_give_nothing()
    {
        var source = _scheduler.CreateHotObservable(OnNext(210, _data), OnCompleted<Message>(250));

        var result = _scheduler.Start(() => source.OfMessageType());

        result.Messages.AssertEqual(OnCompleted<Message>(250));
    }
}
