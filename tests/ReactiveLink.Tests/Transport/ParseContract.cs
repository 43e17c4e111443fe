using System.Net;
using Microsoft.Reactive.Testing;

namespace ReactiveLink.Tests.Transport;

/// <summary>What every operator that reads datagrams does, whatever it finds in them.</summary>
public abstract class ParseContract : ReactiveTest
{
    private protected static readonly UdpEndpoint Peer = new(IPAddress.Loopback, 7);

    private protected ParseContract() => Faults = Scheduler.CreateObserver<Fault>();

    private protected TestScheduler Scheduler { get; } = new();

    private protected ITestableObserver<Fault> Faults { get; }

    /// <summary>A datagram that says a number from 1 to 9.</summary>
    private protected abstract Datagram Saying(int number);

    /// <summary>The operator that reads the numbers.</summary>
    private protected abstract IObservable<int> Numbers(IObservable<Datagram> source);

    [Fact]
    public void Never()
    {
        var source = Scheduler.CreateHotObservable<Datagram>();

        var result = Scheduler.Start(() => Numbers(source));

        result.Messages.AssertEqual();
        source.Subscriptions.AssertEqual(Subscribe(200, 1000));
    }

    [Fact]
    public void Empty()
    {
        var source = Scheduler.CreateHotObservable(OnCompleted<Datagram>(250));

        var result = Scheduler.Start(() => Numbers(source));

        result.Messages.AssertEqual(OnCompleted<int>(250));
        source.Subscriptions.AssertEqual(Subscribe(200, 250));
        Faults.Messages.AssertEqual();
    }

    [Fact]
    public void Error()
    {
        var error = new InvalidOperationException();
        var source = Scheduler.CreateHotObservable(OnNext(210, Saying(1)), OnError<Datagram>(250, error));

        var result = Scheduler.Start(() => Numbers(source));

        result.Messages.AssertEqual(OnNext(210, 1), OnError<int>(250, error));
        source.Subscriptions.AssertEqual(Subscribe(200, 250));
        Faults.Messages.AssertEqual();
    }

    [Fact]
    public void Dispose()
    {
        var source = Scheduler.CreateHotObservable(OnNext(210, Saying(1)), OnNext(230, Saying(2)));

        var result = Scheduler.Start(() => Numbers(source), 220);

        result.Messages.AssertEqual(OnNext(210, 1));
        source.Subscriptions.AssertEqual(Subscribe(200, 220));
    }
}
