using System.Reactive.Disposables;
using ReactiveLink.Metrics.Tests;
using ReactiveLink.Testing;

namespace ReactiveLink.Endurance.Tests.Clock;

/// <summary>
/// Links with heartbeats over a virtual network: who lives and who does not, what a round trip takes, what becomes of requests. Both hosts' clocks are set as the test's
/// is, or the far one the other way.
/// </summary>
internal static class PeersCase
{
    private static readonly HeartbeatOptions Heartbeat = new();

    public static IObservable<string> Together(IObservable<Item> source, SteppedScheduler scheduler) => Run(source, scheduler, 1);

    public static IObservable<string> Apart(IObservable<Item> source, SteppedScheduler scheduler) => Run(source, scheduler, -1);

    private static IObservable<string> Run(IObservable<Item> source, SteppedScheduler scheduler, int direction) => System.Reactive.Linq.Observable.Create<string>(observer =>
    {
        var network = new VirtualNetwork(scheduler, seed: 1, new VirtualNetworkOptions
        {
            Conditions = new PathConditions { Latency = TimeSpan.FromMilliseconds(50), Jitter = Distribution.Uniform(TimeSpan.Zero, TimeSpan.FromMilliseconds(100)), Loss = LossModel.Random(0.2) },
        });
        var far = network.AddHost("far", "10.0.0.1");
        var near = network.AddHost("near", "10.0.0.2");
        var server = UdpLink.Over(far.Listen("10.0.0.1:9000"), new LinkOptions { Heartbeat = Heartbeat, Sequencing = new SequenceOptions { PeerIdleExpiry = TimeSpan.FromSeconds(10) } });
        var client = UdpLink.Over(near.Connect("10.0.0.1:9000"), new LinkOptions { Heartbeat = Heartbeat });
        server.Respond(MessageType.Command, static message => message.DataAs<int>());
        server.Peers.Subscribe(t => observer.OnNext($"server: {t.From} to {t.To}, {t.Reason}"));
        client.Peers.Subscribe(t => observer.OnNext($"client: {t.From} to {t.To}, {t.Reason}"));
        var requests = new List<(int Index, Task<Message> Reply)>();
        var sending = source.Subscribe(
            item =>
            {
                far.ClockOffset = scheduler.Step * direction;
                near.ClockOffset = scheduler.Step;

                // For a while the far one hears nothing.
                network.Path("near", "far").IsDown = item.Index is > 120 and < 150;
                if (item.Index % 10 == 0)
                {
                    requests.Add((item.Index, client.RequestAsync(MessageType.Command, item.Index, timeout: TimeSpan.FromSeconds(1))));
                }

                observer.OnNext($"item {item.Index}: {Text(server)}; {Text(client)}; {string.Join(' ', requests.Where(r => r.Reply.IsCompleted).Select(r => $"{r.Index} {r.Reply.Status}"))}");
                requests.RemoveAll(r => r.Reply.IsCompleted && r.Reply.Exception is null or { InnerException: TimeoutException });
            },
            () =>
            {
                client.Dispose();
                server.Dispose();
                observer.OnCompleted();
            });
        return new CompositeDisposable([sending, client, server, network]);
    });

    private static string Text(UdpLink link) =>
        string.Join(' ', link.GetPeers().Select(peer => FormattableString.Invariant($"{peer.State} {peer.SilentFor.Ticks} {peer.LastRoundTripTime?.Ticks}{(peer.RoundTripTime < TimeSpan.Zero ? " beyond belief" : "")}")))
        + $" {link.GetStatistics().Heartbeats}";
}
