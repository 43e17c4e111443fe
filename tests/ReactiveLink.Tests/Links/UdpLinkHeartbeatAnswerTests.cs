using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.Reactive.Testing;
using ReactiveLink.Tests.Support;

namespace ReactiveLink.Tests.Links;

/// <summary>Whose answers to a link's heartbeats count.</summary>
public sealed class UdpLinkHeartbeatAnswerTests
{
    private readonly TestScheduler _scheduler = new();

    [Theory]
    [InlineData("10.0.0.255", true, true)]
    [InlineData("10.0.0.255", false, false)]
    [InlineData("255.255.255.255", true, true)]
    [InlineData("239.1.2.3", false, true)]
    public void What_was_sent_to_many_is_answered_by_each(string remote, bool broadcast, bool isMeasured)
    {
        var transport = new FakeTransport(_scheduler, new UdpEndpoint(IPAddress.Parse(remote), 9000));
        using var link = UdpLink.Over(
            transport, new LinkOptions { Heartbeat = new HeartbeatOptions(), Transport = new UdpTransportOptions { Broadcast = broadcast } });
        Advance(0.25);
        var answer = Answer(Assert.Single(transport.Sent).Payload);

        Advance(0.05);
        transport.Inject(Wire.Frame(0, answer));
        Advance(0.05);
        transport.Inject(Wire.Frame(0, answer), Wire.OtherRemote);
        transport.Inject(Wire.Frame(1, answer), Wire.OtherRemote);

        Assert.Equal(isMeasured ? [50, 100] : [null, null], link.GetPeers().Select(peer => peer.RoundTripTime?.TotalMilliseconds).Order());
        var heartbeats = link.GetStatistics().Heartbeats;
        Assert.Equal(isMeasured ? (2, 1) : (0, 3), (heartbeats.Measured, heartbeats.Refused));
        Assert.Single(transport.Sent);
    }

    private static byte[] Answer(byte[] heartbeat)
    {
        using var request = JsonDocument.Parse(heartbeat.AsMemory(8));
        var id = request.RootElement.GetProperty("metadata").GetProperty("message_id").GetString();
        var number = request.RootElement.GetProperty("data").GetProperty("request").GetUInt64();
        return Encoding.UTF8.GetBytes(
            $$"""{"metadata":{"message_id":"x","timestamp":1,"message_type":"heartbeat","source":"plant","correlation_id":"{{id}}"},"data":{"reply":{{number}},"held":0} }""");
    }

    private void Advance(double seconds) => _scheduler.AdvanceBy(TimeSpan.FromSeconds(seconds).Ticks);
}
