using System.Net;
using System.Reactive.Concurrency;
using ReactiveLink.Tests.Support;

namespace ReactiveLink.Tests.Links;

/// <summary>Peers and requests on real threads.</summary>
public sealed class UdpLinkPeersThreadTests
{
    private static readonly TimeSpan Quick = TimeSpan.FromMilliseconds(20);

    [Fact]
    public async Task Every_request_of_many_threads_ends_once_with_its_own_answer()
    {
        const int Threads = 8;
        const int Each = 200;
        await using var server = UdpLink.Open("127.0.0.1:0");
        using var responding = server.Respond(MessageType.Command, static message => message.DataAs<int>());
        await using var client = UdpLink.Connect($"127.0.0.1:{server.LocalEndpoint.Port}", options => options with { RequestTimeout = Deadline.Time, MaximumRequests = Threads });

        var asking = Enumerable.Range(0, Threads).Select(thread => Task.Run(async () =>
        {
            var cancelled = 0;
            for (var i = 0; i < Each; i++)
            {
                var number = (thread * Each) + i;
                using var cancellation = new CancellationTokenSource();
                var request = client.RequestAsync(MessageType.Command, number, cancellationToken: cancellation.Token);
                if (i % 5 == 0)
                {
                    await cancellation.CancelAsync();
                }

                try
                {
                    Assert.Equal(number, (await request).DataAs<int>());
                }
                catch (OperationCanceledException)
                {
                    Assert.Equal(0, i % 5);
                    cancelled++;
                }
            }

            return cancelled;
        })).ToArray();
        var cancelled = (await Deadline.Within(Task.WhenAll(asking))).Sum();

        var statistics = client.GetStatistics().Requests;
        Assert.Equal(new RequestStatistics(Threads * Each, (Threads * Each) - cancelled, 0, 0, cancelled, 0, 0, statistics.Unexpected), statistics);
    }

    [Fact]
    public async Task A_close_among_requests_ends_them_all()
    {
        for (var round = 0; round < 20; round++)
        {
            await using var server = UdpLink.Open("127.0.0.1:0");
            using var responding = server.Respond(MessageType.Command, static message => message.DataAs<int>());
            var client = UdpLink.Connect($"127.0.0.1:{server.LocalEndpoint.Port}");
            var begun = new TaskCompletionSource();
            var asking = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
            {
                for (var i = 0; i < 1000; i++)
                {
                    try
                    {
                        await client.RequestAsync(MessageType.Command, i, timeout: Timeout.InfiniteTimeSpan);
                        begun.TrySetResult();
                    }
                    catch (ObjectDisposedException)
                    {
                        return;
                    }
                }
            })).ToArray();
            await Deadline.Within(begun.Task);

            client.Dispose();
            await Deadline.Within(Task.WhenAll(asking));

            var statistics = client.GetStatistics().Requests;
            Assert.Equal((0, 0L, statistics.Made), (statistics.Pending, statistics.Cancelled, statistics.Answered + statistics.Failed));
        }
    }

    [Fact]
    public async Task What_an_observer_is_told_follows_from_what_it_was_told_before()
    {
        const int Peers = 40;
        var transport = new FakeTransport(DefaultScheduler.Instance);
        var link = UdpLink.Over(transport, new LinkOptions
        {
            SilentAfter = Quick,
            Sequencing = new SequenceOptions { MaximumPeers = Peers / 2, PeerIdleExpiry = 3 * Quick },
        });
        var stop = false;
        var receiving = Task.Run(() =>
        {
            var random = new Random(1);
            var numbers = new uint[Peers];
            while (!Volatile.Read(ref stop))
            {
                var peer = random.Next(1 + random.Next(Peers));
                transport.Inject(Wire.Message(numbers[peer]++), new UdpEndpoint(new IPAddress(0x0A000001 + peer), 5000));
                Thread.SpinWait(random.Next(20_000));
            }
        });
        var observers = new List<Chain>();
        for (var i = 0; i < 100; i++)
        {
            var chain = new Chain();
            observers.Add(chain);
            var subscription = link.Peers.Subscribe(chain);
            Assert.True(SpinWait.SpinUntil(() => chain.Count > 5, Deadline.Time));
            if (i % 3 == 0)
            {
                subscription.Dispose();
            }

            Assert.All(link.GetPeers(), peer => Assert.True(peer.SilentFor >= TimeSpan.Zero && peer.Received > 0));
        }

        Volatile.Write(ref stop, true);
        await Deadline.Within(receiving);
        link.Dispose();

        Assert.True(SpinWait.SpinUntil(() => observers.Where((_, i) => i % 3 != 0).All(chain => chain.Ends == 1), Deadline.Time));
        Assert.All(observers, chain => Assert.Null(chain.Breach));
    }

    [Fact]
    public async Task An_observer_that_blocks_holds_up_neither_another_nor_heartbeats()
    {
        var transport = new FakeTransport(DefaultScheduler.Instance, Wire.Remote);
        using var link = UdpLink.Over(transport, new LinkOptions { Heartbeat = new HeartbeatOptions { Interval = Quick } });
        using var release = new ManualResetEventSlim();
        var inside = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var blocked = new List<PeerTransition>();
        var silent = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var caughtUp = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var first = link.Peers.Subscribe(transition =>
        {
            lock (blocked)
            {
                blocked.Add(transition);
            }

            inside.TrySetResult();
            release.Wait(Deadline.Time);
            if (transition.To == PeerState.Silent)
            {
                caughtUp.TrySetResult();
            }
        });
        using var second = link.Peers.Subscribe(transition =>
        {
            if (transition.To == PeerState.Silent)
            {
                silent.TrySetResult();
            }
        });
        transport.Inject(Wire.Message(0));
        transport.Inject(Wire.Message(1));
        await Deadline.Within(inside.Task);
        var sent = transport.Sent.Count;

        await Deadline.Within(silent.Task);
        Assert.True(SpinWait.SpinUntil(() => transport.Sent.Count > sent + 2, Deadline.Time));
        lock (blocked)
        {
            Assert.Single(blocked);
        }

        release.Set();
        await Deadline.Within(caughtUp.Task);
    }

    /// <summary>Checks each transition of a peer against the one before, and Rx's grammar.</summary>
    private sealed class Chain : IObserver<PeerTransition>
    {
        private readonly Dictionary<UdpEndpoint, PeerState> _states = [];
        private int _inside;
        private int _count;
        private int _ends;
        private string? _breach;

        public int Count => Volatile.Read(ref _count);

        public int Ends => Volatile.Read(ref _ends);

        public string? Breach => Volatile.Read(ref _breach);

        public void OnNext(PeerTransition value)
        {
            Enter();
            var state = _states.GetValueOrDefault(value.Peer);
            if (state != value.From || value.From == value.To)
            {
                Volatile.Write(ref _breach, $"{value} after {state}");
            }

            _states[value.Peer] = value.To;
            Volatile.Write(ref _count, _count + 1);
            Interlocked.Decrement(ref _inside);
        }

        public void OnError(Exception error) => Volatile.Write(ref _breach, error.ToString());

        public void OnCompleted()
        {
            Enter();
            Interlocked.Increment(ref _ends);
            Interlocked.Decrement(ref _inside);
        }

        private void Enter()
        {
            if (Interlocked.Increment(ref _inside) != 1 || Ends != 0)
            {
                Volatile.Write(ref _breach, "overlapped, or after the end");
            }
        }
    }
}
