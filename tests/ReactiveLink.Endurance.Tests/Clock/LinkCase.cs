using System.Reactive.Disposables;
using System.Reactive.Linq;
using ReactiveLink.Metrics.Tests;
using ReactiveLink.Testing;

namespace ReactiveLink.Endurance.Tests.Clock;

/// <summary>Two whole links over a virtual network: both hosts' clocks are set as the test's is. Statistics, waits, time-outs, peers that come and go.</summary>
internal static class LinkCase
{
    public static IObservable<string> Run(IObservable<Item> source, SteppedScheduler scheduler) => Observable.Create<string>(observer =>
    {
        var network = new VirtualNetwork(scheduler, seed: 1, new VirtualNetworkOptions
        {
            Conditions = new PathConditions { Latency = TimeSpan.FromMilliseconds(50), Jitter = Distribution.Uniform(TimeSpan.Zero, TimeSpan.FromMilliseconds(100)), Loss = LossModel.Random(0.05) },
        });
        var far = network.AddHost("far", "10.0.0.1");
        var near = network.AddHost("near", "10.0.0.2");
        var senders = Enumerable.Range(0, 3).Select(_ => UdpLink.Over(far.Connect("10.0.0.2:9000"))).ToArray();
        var link = UdpLink.Over(near.Listen("10.0.0.2:9000"), new LinkOptions
        {
            AutoStart = false,
            Sequencing = new SequenceOptions { PeerIdleExpiry = TimeSpan.FromSeconds(10) },
        });
        var peers = new Dictionary<UdpEndpoint, int>(senders.Select((s, i) => KeyValuePair.Create(s.LocalEndpoint, i)));
        link.Messages.Subscribe(m => observer.OnNext($"message {m.DataAsText()} {m.Verdict}, jitter {(link.GetPeers().All(p => p.Jitter < TimeSpan.FromSeconds(1)) ? "as it may be" : "beyond belief")}"));
        link.Faults.Subscribe(f => observer.OnNext($"fault {f.Reason} {f.Detail} {(f.Peer is null ? -1 : peers[f.Peer])}"));
        link.State.Subscribe(s => observer.OnNext($"state {s}"));
        link.Statistics.Subscribe(s => observer.OnNext($"statistics {s.Ledger.Received} {s.Peers} {s.PeersForgotten} {s.Sequence} {s.ReceiveTimeouts}"));
        var never = new TaskCompletionSource();
        link.Handle(MessageType.Command, (_, _) => new ValueTask(never.Task), new RouteOptions { Timeout = TimeSpan.FromSeconds(3), Concurrency = 1000 });
        link.Start();
        var sending = source.Subscribe(
            item =>
            {
                far.ClockOffset = scheduler.Step;
                near.ClockOffset = scheduler.Step;
                _ = item.Index % 20 == 0 ? link.ReceiveAsync(TimeSpan.FromMilliseconds(10)) : null;
                Assert.True(senders[item.Key].SendAsync(item.Index, type: item.Index % 10 == 0 ? MessageType.Command : MessageType.Data).IsCompletedSuccessfully);
            },
            () =>
            {
                link.Dispose();
                observer.OnCompleted();
            });
        return new CompositeDisposable([sending, link, .. senders, network]);
    });
}
