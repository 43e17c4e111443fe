using System.Reactive.Linq;

namespace ReactiveLink.Docs.Tests;

/// <summary>The examples about peers and requests, each run once on loopback.</summary>
public sealed class PeersSnippets
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Peers()
    {
        var alive = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Print(string line)
        {
            if (line.EndsWith("Alive", StringComparison.Ordinal))
            {
                alive.TrySetResult();
            }
        }

        #region peers
        await using var ground = UdpLink.Open("127.0.0.1:0", options => options with { Heartbeat = new HeartbeatOptions { Misses = 3 } });
        using var coming = ground.Peers.Subscribe(peer => Print($"{peer.Peer}: {peer.From} to {peer.To}"));

        await using var drone = UdpLink.Connect(ground.LocalEndpoint.ToString(), options => options with { Heartbeat = new HeartbeatOptions() });
        drone.Start();

        foreach (var peer in ground.GetPeers())
        {
            Print($"{peer.Source} {peer.State}, round trip {peer.RoundTripTime}, its clock is {peer.ClockOffset} ahead");
        }
        #endregion

        await alive.Task.WaitAsync(Deadline);
    }

    [Fact]
    public async Task Requests()
    {
        var lines = new List<string?>();
        void Print(string? line) => lines.Add(line);

        #region requests
        await using var plant = UdpLink.Open("127.0.0.1:0");
        using var answering = plant.Respond(MessageType.Command, message => $"{message.DataAs<string>()}: done");

        await using var operating = UdpLink.Connect(plant.LocalEndpoint.ToString());
        var answer = await operating.RequestAsync(MessageType.Command, "open the valve", timeout: TimeSpan.FromSeconds(2));
        Print(answer.DataAs<string>());
        #endregion

        Assert.Equal(["open the valve: done"], lines);
    }
}
