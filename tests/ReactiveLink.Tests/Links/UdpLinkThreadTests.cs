using System.Net.Sockets;
using ReactiveLink.Tests.Support;

namespace ReactiveLink.Tests.Links;

/// <summary>A link on real sockets under many threads: exact counters, and a dispose that races with everything.</summary>
public sealed class UdpLinkThreadTests
{
    [Fact]
    public async Task Eight_senders_are_told_apart_and_counted_exactly()
    {
        await using var receiver = UdpLink.Open("127.0.0.1:0");
        const int Senders = 8;
        const int Each = 500;
        var handled = 0;
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var route = receiver.Handle(
            MessageType.Data,
            _ =>
            {
                if (Interlocked.Increment(ref handled) == Senders * Each)
                {
                    done.TrySetResult();
                }
            },
            new RouteOptions { Capacity = Senders * Each });

        await Deadline.Within(Task.WhenAll(Enumerable.Range(0, Senders).Select(_ => Task.Run(async () =>
        {
            await using var sender = UdpLink.Connect(receiver.LocalEndpoint.ToString());
            for (var i = 0; i < Each; i++)
            {
                await sender.SendAsync(i);
            }
        }))));
        await Deadline.Within(done.Task);

        var statistics = receiver.GetStatistics();
        Assert.Equal(new SequenceStatistics(Senders * Each, 0, 0, 0, 0, 0), statistics.Sequence);
        Assert.Equal(Senders * Each, statistics.MessagesReceived);
        Assert.Equal(Senders * Each, statistics.Ledger.Received);
        Assert.Equal(0, statistics.Ledger.Unexplained);
        Assert.Equal(Senders, statistics.Peers);
        Assert.Equal(Senders * Each, Assert.Single(statistics.Routes).Handled);
    }

    [Fact]
    public async Task Dispose_races_with_everything_and_every_stream_ends_once()
    {
        for (var round = 0; round < 60; round++)
        {
            await RaceAsync();
        }
    }

    private static async Task RaceAsync()
    {
        var link = UdpLink.Open("127.0.0.1:0", options => options with { StatisticsInterval = TimeSpan.FromMilliseconds(1) });
        var datagrams = new GrammarObserver<Datagram>();
        var frames = new GrammarObserver<Sequenced<Frame>>();
        var messages = new GrammarObserver<Message>();
        var faults = new GrammarObserver<Fault>();
        var states = new GrammarObserver<ConnectionState>();
        var statistics = new GrammarObserver<LinkStatistics>();
        link.Datagrams.Subscribe(datagrams);
        link.Frames.Subscribe(frames);
        link.Messages.Subscribe(messages);
        link.Faults.Subscribe(faults);
        link.State.Subscribe(states);
        link.Statistics.Subscribe(statistics);
        link.Handle(MessageType.Data, static (_, _) => default);
        var target = link.LocalEndpoint.ToIPEndPoint();
        using var start = new Barrier(7);
        Task Racing(Action action) => Task.Factory.StartNew(
            () =>
            {
                start.SignalAndWait();
                action();
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);

        var racing = new[]
        {
            Racing(() =>
            {
                using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
                for (uint i = 0; i < 100; i++)
                {
                    socket.SendTo(i % 7 == 0 ? [1] : Wire.Message(i), target);
                }
            }),
            Racing(() => Tolerant(() =>
            {
                for (var i = 0; i < 100; i++)
                {
                    link.SendAsync(i, to: link.LocalEndpoint).AsTask().GetAwaiter().GetResult();
                }
            })),
            Racing(() => Tolerant(() =>
            {
                for (var i = 0; i < 50; i++)
                {
                    using var route = link.Handle(MessageType.Data, _ => { });
                    using var subscription = link.Messages.Subscribe(_ => { });
                }
            })),
            Racing(() =>
            {
                for (var i = 0; i < 50; i++)
                {
                    Assert.Equal(0, link.GetStatistics().Ledger.Unexplained);
                    link.ResetStatistics();
                }
            }),
            Racing(() =>
            {
                for (var i = 0; i < 5; i++)
                {
                    link.ReceiveAsync(TimeSpan.FromMilliseconds(1)).GetAwaiter().GetResult();
                }
            }),
            Racing(link.Dispose),
            Racing(() => link.DisposeAsync().AsTask().GetAwaiter().GetResult()),
        };
        await Deadline.Within(Task.WhenAll(racing));
        await link.DisposeAsync();

        await Deadline.Until(
            () => datagrams.Terminals + frames.Terminals + messages.Terminals + faults.Terminals + states.Terminals + statistics.Terminals == 6,
            "every stream ends");
        Assert.Equal(0, datagrams.Breaches + frames.Breaches + messages.Breaches + faults.Breaches + states.Breaches + statistics.Breaches);
        Assert.Equal(ConnectionState.Closed, link.CurrentState);
        Assert.Equal(0, link.GetStatistics().Ledger.Unexplained);
    }

    private static void Tolerant(Action action)
    {
        try
        {
            action();
        }
        catch (ObjectDisposedException)
        {
            // What a send or a registration that lost the race is told.
        }
    }
}
