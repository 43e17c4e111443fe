using System.Reactive.Concurrency;
using Microsoft.Reactive.Testing;
using ReactiveLink.Routing;
using ReactiveLink.Tests.Messages;
using ReactiveLink.Tests.Support;

namespace ReactiveLink.Tests.Routing;

/// <summary>While nobody listens, spans cost nothing. (Who listens hears the whole process: the tests of that are in a project of their own.)</summary>
public sealed class HandlerTracingTests
{
    [Fact]
    public void Handling_allocates_nothing()
    {
        var message = Frames.Message();
        var handled = 0;
        var handler = HandlerTracing.Of<Message>(
            (_, _) =>
            {
                handled++;
                return ValueTask.CompletedTask;
            },
            "test");
        void Handle()
        {
            for (var i = 0; i < 1000; i++)
            {
                Assert.True(handler(message, CancellationToken.None).IsCompletedSuccessfully);
            }
        }

        Handle();
        Assert.Equal(0, Allocated.By(Handle));
        Assert.True(handled >= 2000);
    }

    [Fact]
    public void Handlers_of_other_things_are_left_alone()
    {
        Func<int, CancellationToken, ValueTask> handler = (_, _) => ValueTask.CompletedTask;

        Assert.Same(handler, HandlerTracing.Of(handler, "test"));
    }

    [Fact]
    public async Task Sending_allocates_nothing()
    {
        var transport = new SilentTransport(new TestScheduler());
        await using var link = UdpLink.Over(transport);
        var data = new Attitude(1, "up");
        void Send()
        {
            for (var i = 0; i < 1000; i++)
            {
                Assert.True(link.SendAsync(data, TestJson.Default.Attitude).IsCompletedSuccessfully);
            }
        }

        Send();
        Assert.Equal(0, Allocated.By(Send));
        Assert.True(transport.Sent >= 2000);
    }

    /// <summary>A fake one that keeps nothing of what is sent.</summary>
    private sealed class SilentTransport(IScheduler scheduler) : IDatagramTransport
    {
        private readonly FakeTransport _fake = new(scheduler, Wire.Remote);

        public int Sent { get; private set; }

        public IObservable<Datagram> Datagrams => _fake.Datagrams;

        public IObservable<Fault> Faults => _fake.Faults;

        public IObservable<ConnectionState> State => _fake.State;

        public ConnectionState CurrentState => _fake.CurrentState;

        public UdpEndpoint LocalEndpoint => _fake.LocalEndpoint;

        public UdpEndpoint? RemoteEndpoint => _fake.RemoteEndpoint;

        public int MaximumPayloadSize => _fake.MaximumPayloadSize;

        public IScheduler Scheduler => _fake.Scheduler;

        public void Start() => _fake.Start();

        public void Send(ReadOnlySpan<byte> payload, UdpEndpoint? destination = null) => Sent++;

        public TransportStatistics GetStatistics() => _fake.GetStatistics();

        public void Dispose() => _fake.Dispose();

        public ValueTask DisposeAsync() => _fake.DisposeAsync();
    }
}
