using System.Net;
using System.Reactive.Concurrency;
using System.Reactive.Linq;
using Microsoft.Reactive.Testing;
using ReactiveLink.Tests.Transport;

namespace ReactiveLink.Testing.Tests.Network;

/// <summary>On real time, and called from callbacks.</summary>
public sealed class VirtualNetworkThreadTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);
    private static readonly UdpEndpoint ToB = new(IPAddress.Parse("10.0.0.2"), 9000);
    private static readonly UdpEndpoint ToC = new(IPAddress.Parse("10.0.0.3"), 9000);

    [Fact]
    public async Task Equal_delays_keep_the_order_on_real_time()
    {
        using var network = new VirtualNetwork(DefaultScheduler.Instance) { Conditions = new PathConditions { Latency = TimeSpan.FromMilliseconds(3) } };
        var a = network.AddHost("a", "10.0.0.1").Listen("*:0");
        var b = network.AddHost("b", "10.0.0.2").Listen("*:9000");
        using var got = b.Datagrams.ValidateSynchronization().Record();
        b.Start();

        for (var i = 0; i < 2000; i++)
        {
            a.Send(BitConverter.GetBytes(i), ToB);
        }

        await got.WaitForCountAsync(2000, Deadline);
        Assert.Equal(Enumerable.Range(0, 2000), got.Values.Select(d => BitConverter.ToInt32(d.Payload.Span)));
        got.AssertGrammar();
    }

    [Fact]
    public async Task A_subscriber_that_blocks_does_not_hold_up_another_host()
    {
        using var network = new VirtualNetwork(DefaultScheduler.Instance) { Conditions = new PathConditions { Latency = TimeSpan.FromMilliseconds(1) } };
        var a = network.AddHost("a", "10.0.0.1").Listen("*:0");
        var b = network.AddHost("b", "10.0.0.2").Listen("*:9000");
        var c = network.AddHost("c", "10.0.0.3").Listen("*:9000");
        using var blocked = new ManualResetEventSlim();
        using var release = new ManualResetEventSlim();
        b.Datagrams.Subscribe(_ =>
        {
            blocked.Set();
            release.Wait(Deadline);
        });
        using var got = c.Datagrams.Record();
        b.Start();
        c.Start();

        a.Send([1], ToB);
        Assert.True(blocked.Wait(Deadline));
        a.Send([2], ToC);

        await got.WaitForCountAsync(1, Deadline);
        release.Set();
    }

    [Fact]
    public void The_next_timer_is_set_before_anyone_is_called()
    {
        var scheduler = new TimersOfTestScheduler();
        using var network = new VirtualNetwork(scheduler) { Conditions = new PathConditions { Latency = TimeSpan.FromTicks(10) } };
        var a = network.AddHost("a", "10.0.0.1").Listen("*:0");
        var b = network.AddHost("b", "10.0.0.2").Listen("*:9000");
        var c = network.AddHost("c", "10.0.0.3").Listen("*:9000");
        network.Path("a", "c").Conditions = new PathConditions { Latency = TimeSpan.FromTicks(30) };
        List<long> set = [];
        b.Datagrams.Subscribe(_ => set.AddRange(scheduler.Timers));
        b.Start();
        c.Start();

        a.Send([1], ToB);
        a.Send([2], ToC);
        Assert.Equal([10], scheduler.Timers);
        scheduler.Start();

        Assert.Equal([10, 30], set);
    }

    [Fact]
    public async Task Eight_threads_send_through_every_fault_and_everything_is_accounted_for()
    {
        const int PerThread = 400;
        using var network = new VirtualNetwork(DefaultScheduler.Instance, seed: 3)
        {
            Conditions = new PathConditions
            {
                Latency = TimeSpan.FromMilliseconds(1),
                Jitter = Distribution.Uniform(TimeSpan.Zero, TimeSpan.FromMilliseconds(4)),
                Loss = LossModel.Random(0.1),
                Duplication = 0.1,
                Corruption = 0.1,
                Truncation = 0.1,
                Bandwidth = 1_000_000_000,
            },
        };
        using var log = network.Events.ValidateSynchronization().Record();
        var hosts = Enumerable.Range(1, 8).Select(i => network.AddHost($"h{i}", $"10.0.1.{i}").Listen("*:9000")).ToList();
        hosts.ForEach(host => host.Start());
        var grammar = hosts.Select(host => host.Datagrams.ValidateSynchronization().Record()).ToList();

        var threads = Enumerable.Range(0, 8).Select(t => new Thread(() =>
        {
            for (var i = 0; i < PerThread; i++)
            {
                try
                {
                    hosts[t].Send([(byte)t, (byte)i], new UdpEndpoint(IPAddress.Parse($"10.0.1.{1 + ((t + i) % 8)}"), 9000));
                }
                catch (DatagramSendException)
                {
                    // The host that crashes, h8, until it is bound again.
                    Assert.Equal(7, t);
                }

                if (i % 100 == 0)
                {
                    LedgerAssert.Balances(network.GetStatistics());
                    network.Path("h1", "h2").IsDown = i % 200 == 0;
                    network.Hosts["h8"].Crash();
                    network.Hosts["h8"].Restart();
                }
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => Assert.True(thread.Join(Deadline)));

        Eventually.True(() => network.GetStatistics().InFlight == 0, "everything arrived");
        var statistics = network.GetStatistics();
        LedgerAssert.Balances(statistics);
        Assert.Equal(statistics.Sent, hosts.Sum(host => host.GetStatistics().DatagramsSent));
        Assert.InRange(statistics.Sent, 7 * PerThread, 8 * PerThread);
        network.Dispose();
        await log.WaitForEndAsync(Deadline);
        Assert.True(log.Completed);
        Assert.Equal(statistics.Sent, log.Values.Count(e => e.Kind == NetworkEventKind.Sent));
        Assert.Equal(statistics.Delivered, log.Values.Count(e => e.Kind == NetworkEventKind.Delivered));
        foreach (var recorder in grammar)
        {
            await recorder.WaitForEndAsync(Deadline);
            Assert.Null(recorder.Error);
        }

        hosts.ForEach(host => LedgerAssert.Balances(host.GetStatistics()));
    }

    [Fact]
    public async Task A_host_that_crashes_while_it_recovers_recovers_in_the_end()
    {
        using var network = new VirtualNetwork(DefaultScheduler.Instance);
        var a = network.AddHost("a", "10.0.0.1").Listen("*:0");
        var host = network.AddHost("b", "10.0.0.2");
        var b = host.Listen("*:9000", o => o with { RebindDelay = TimeSpan.FromTicks(1), MaximumRebindDelay = TimeSpan.FromTicks(1) });
        using var states = b.State.ValidateSynchronization().Record();
        using var got = b.Datagrams.Record();
        b.Start();

        for (var i = 0; i < 3000; i++)
        {
            host.Crash();
            host.Restart();
            if (i % 100 == 0)
            {
                Eventually.True(() => b.CurrentState == ConnectionState.Connected, "bound again");
            }
        }

        Eventually.True(() => b.CurrentState == ConnectionState.Connected, "bound again at the end");
        a.Send([1], ToB);
        await got.WaitForCountAsync(1, Deadline);
        Assert.Null(states.Error);
        Assert.All(states.Values.Zip(states.Values.Skip(1)), pair => Assert.NotEqual(pair.First, pair.Second));
    }

    [Fact]
    public void Everything_may_be_called_from_an_observer_of_the_log_and_of_a_distribution()
    {
        // Another thread makes each call and is waited for: a lock held by the caller would block it.
        TestNet? net = null;
        var called = 0;
        void CallAll()
        {
            called++;
            Assert.True(Task.Run(() =>
            {
                var network = net!.Network;
                network.GetStatistics();
                network.Path("a", "b").IsDown = false;
                net.A.ClockOffset = TimeSpan.FromTicks(called);
                var host = network.AddHost(FormattableString.Invariant($"new{called}"), FormattableString.Invariant($"10.0.2.{called}"));
                host.Listen("*:0").Dispose();
                host.Crash();
                host.Restart();
            }).Wait(Deadline));
        }

        net = new TestNet(new PathConditions
        {
            Latency = TimeSpan.FromTicks(10),
            Jitter = Distribution.From(_ =>
            {
                CallAll();
                return TimeSpan.Zero;
            }),
        });
        net.Network.Events.Subscribe(e =>
        {
            if (e.Kind == NetworkEventKind.Delivered)
            {
                CallAll();
            }
        });
        var (_, got) = net.Listen(net.B);

        net.SendAt(net.A.Listen("*:0"), ToB, 10, 20);
        net.Run();

        Assert.Equal(4, called);
        Assert.Equal(2, got.Count);
        Assert.Empty(net.Network.Failures);
    }

    [Fact]
    public void A_throwing_observer_of_the_log_is_isolated_and_told()
    {
        var net = new TestNet(new PathConditions { Latency = TimeSpan.FromTicks(1) });
        var failure = new InvalidOperationException();
        net.Network.Events.Subscribe(_ => throw failure);

        net.SendAt(net.A.Listen("*:0"), ToB, 10);
        net.Run();

        Assert.Equal([failure], net.Network.Failures);
        Assert.Equal(2, net.Log.Values.Count);
    }

    [Fact]
    public void A_distribution_that_throws_tells_the_sender_and_sends_nothing()
    {
        var failure = new InvalidOperationException();
        var net = new TestNet(new PathConditions { Jitter = Distribution.From(_ => throw failure) });
        var a = net.A.Listen("*:0");

        Assert.Same(failure, Assert.Throws<InvalidOperationException>(() => a.Send([1], ToB)));
        Assert.Equal((0, 0), (net.Network.GetStatistics().Sent, a.GetStatistics().DatagramsSent));
        Assert.Empty(net.Log.Values);
    }

    [Fact]
    public void A_log_observer_that_sends_is_not_re_entered()
    {
        var net = new TestNet(new PathConditions { Latency = TimeSpan.FromTicks(10) });
        var a = net.A.Listen("*:0");
        var left = 5;
        var log = net.Network.Events.ValidateSynchronization().Record(net.Scheduler);
        net.Network.Events.Subscribe(e =>
        {
            if (e.Kind == NetworkEventKind.Sent && --left > 0)
            {
                a.Send([1], ToB);
            }
        });

        a.Send([1], ToB);
        Assert.Equal(5, left);
        net.Run();

        Assert.Equal(5, log.Values.Count(e => e.Kind == NetworkEventKind.Sent));
        Assert.Null(log.Error);
    }

    [Fact]
    public void A_log_observer_may_wait_for_a_send_of_the_link_whose_send_it_hears_of()
    {
        var net = new TestNet(new PathConditions { Latency = TimeSpan.FromTicks(10) });
        using var link = UdpLink.Over(net.A.Connect("b:9000"), new LinkOptions { Codec = MessageCodecs.Bytes });
        var answered = false;
        net.Network.Events.Where(e => e.Kind == NetworkEventKind.Sent).Take(1).Subscribe(_ =>
            answered = link.SendAsync(new byte[] { 2 }).AsTask().Wait(Deadline));

        Assert.True(link.SendAsync(new byte[] { 1 }).IsCompletedSuccessfully);
        net.Run();

        Assert.True(answered);
        Assert.Equal(2, net.Network.GetStatistics().Sent);
    }

    [Fact]
    public void Dispose_closes_everything()
    {
        var net = new TestNet(new PathConditions { Latency = TimeSpan.FromTicks(10) });
        var (b, got) = net.Listen(net.B);
        var states = b.State.Record(net.Scheduler);
        net.A.Listen("*:0").Send([1], ToB);

        net.Network.Dispose();
        net.Network.Dispose();
        net.Run();

        Assert.True(states.Completed && net.Log.Completed);
        Assert.Empty(got);
        Assert.Throws<ObjectDisposedException>(() => net.Network.AddHost("c", "10.0.0.3"));
        Assert.Throws<ObjectDisposedException>(() => net.A.Listen("*:0"));
        LedgerAssert.Balances(net.Network.GetStatistics());
    }

    [Fact]
    public void ArgumentChecking()
    {
        var net = new TestNet();
        var error = Assert.Throws<ArgumentException>(() => net.Network.Conditions = new PathConditions
        {
            Latency = TimeSpan.FromTicks(-1),
            Duplication = 2,
            Reordering = double.NaN,
            Corruption = -1,
            Truncation = 1.5,
            CorruptedBits = 0,
            Bandwidth = 0,
            QueueBytes = -1,
            Mtu = 10,
        });
        Assert.Equal(
            "The conditions are not valid: Latency is -00:00:00.0000001: use zero to 1000 days. Duplication is 2: a probability is from 0 to 1. "
            + "Reordering is NaN: a probability is from 0 to 1. Corruption is -1: a probability is from 0 to 1. Truncation is 1.5: a probability is from 0 to 1. "
            + "CorruptedBits is 0: use at least 1. Bandwidth is 0: use at least 1 bit a second, or null for no limit. QueueBytes is -1: it must not be negative. "
            + "Mtu is 10: use 68 to 65575, or null for no limit. (Parameter 'value')",
            error.Message);
        Assert.Throws<ArgumentException>(() => net.Network.AddHost("a", "10.0.0.9"));
        Assert.Throws<ArgumentException>(() => net.Network.AddHost("c", "10.0.0.1"));
        Assert.Throws<ArgumentException>(() => net.Network.AddHost("c"));
        Assert.Throws<FormatException>(() => net.Network.AddHost("c", "127.0.0.1"));
        Assert.Throws<FormatException>(() => net.Network.AddHost("c", "10.0.0.3/33"));
        Assert.Throws<ArgumentException>(() => net.Network.Path("a", "nobody"));
        Assert.Throws<ArgumentException>(() => net.Network.AddNat("10.0.0.1"));
        Assert.Throws<ArgumentNullException>(() => new VirtualNetwork(null!));
        Assert.Throws<ArgumentException>(() => new VirtualNetwork(net.Scheduler, 0, new VirtualNetworkOptions { MaximumInFlight = 0, MaximumWaitingEvents = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Flaps(TimeSpan.Zero, TimeSpan.FromTicks(1)));
    }

    /// <summary>Knows for when it was asked to do something.</summary>
    private sealed class TimersOfTestScheduler : TestScheduler
    {
        public List<long> Timers { get; } = [];

        public override IDisposable ScheduleAbsolute<TState>(TState state, long dueTime, Func<IScheduler, TState, IDisposable> action)
        {
            Timers.Add(dueTime);
            return base.ScheduleAbsolute(state, dueTime, action);
        }
    }
}
