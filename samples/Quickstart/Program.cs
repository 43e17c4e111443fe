// A plant sends its attitude over real loopback UDP, through a network that loses, reorders, doubles and corrupts. The receiver below sees
// through all of it, and at the end compares what it says with what was really done.
using System.Reactive.Linq;
using Quickstart;
using ReactiveLink;
using ReactiveLink.Metrics;

// 1. The receiver: a link that listens. Port 0 takes any free port.
await using var link = UdpLink.Open("127.0.0.1:0");
var attitudes = link.Messages.OfMessageType(MessageType.Data).DataAs<Attitude>();

// 2. What the receiver makes of it: a live view, and an alert when the plant leans too far for a quarter of a second.
using var view = new LiveView(link);
using var latest = attitudes.Subscribe(message => view.Show(message.Data, message.Verdict));
using var faults = link.Faults.Subscribe(view.Show);
using var alert = attitudes
    .AlertWhen(message => Math.Abs(message.Data.Roll) > 30, holdFor: TimeSpan.FromMilliseconds(250), keepFiringFor: TimeSpan.FromMilliseconds(250))
    .Subscribe(change => view.Alert(change.To == AlertState.Firing));

// 3. The plant: a link of its own, over a transport that does harm and keeps a record of it.
var truth = await Plant.RunAsync(link.LocalEndpoint, messages: 1500, rate: 250, seed: 42);

// 4. Everything that was put on the wire has to be accounted for, and every verdict has to be right.
await link.Statistics.TakeUntil(now => now.Ledger.Received >= truth.OnTheWire).Timeout(TimeSpan.FromSeconds(3)).LastAsync();
return view.Verify(truth, link.GetStatistics()) ? 0 : 1;
