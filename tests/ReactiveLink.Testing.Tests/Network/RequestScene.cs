using System.Buffers;
using System.Text;
using Microsoft.Reactive.Testing;

namespace ReactiveLink.Testing.Tests.Network;

/// <summary>A server and a client that asks it, over a network in virtual time. At the end every datagram and every request is accounted for.</summary>
public abstract class RequestScene : IDisposable
{
    protected static readonly TimeSpan Latency = TimeSpan.FromMilliseconds(20);

    private uint _number;

    protected RequestScene()
    {
        Scheduler.AdvanceTo(DateTimeOffset.UnixEpoch.AddYears(50).UtcTicks);
        Network = new VirtualNetwork(Scheduler, seed: 1, new VirtualNetworkOptions { Conditions = new PathConditions { Latency = Latency } });
        A = Network.AddHost("a", "10.0.0.1");
        B = Network.AddHost("b", "10.0.0.2");
        Server = UdpLink.Over(B.Listen("*:9000"), new LinkOptions { Source = "server" });
        Server.Faults.Subscribe(ServerFaults.Add);
        Client = Connect(new LinkOptions());
    }

    public void Dispose()
    {
        LedgerAssert.Balances(Server.GetStatistics());
        var now = Client.GetStatistics().Requests;
        Assert.Equal(now.Made, now.Answered + now.Failed + now.TimedOut + now.Cancelled + now.Pending);
        Network.Dispose();
        GC.SuppressFinalize(this);
    }

    protected TestScheduler Scheduler { get; } = new();

    protected VirtualNetwork Network { get; }

    /// <summary>The client's host.</summary>
    protected VirtualHost A { get; }

    /// <summary>The server's.</summary>
    protected VirtualHost B { get; }

    protected UdpLink Server { get; }

    private protected List<Fault> ServerFaults { get; } = [];

    protected UdpLink Client { get; set; }

    protected static async Task<T> Done<T>(Task<T> task)
    {
        // Continuations run on the thread pool; the task itself has ended in virtual time.
        Assert.True(task.IsCompleted);
        return await task;
    }

    protected void Reopen(LinkOptions options)
    {
        Client.Dispose();
        Client = Connect(options);
    }

    protected byte[] Reply(string id, string data) =>
        Frame($$"""{"metadata":{"message_id":"udp_1","message_type":"acknowledgment","correlation_id":"{{id}}"},"data":{{data}}}""");

    protected byte[] Frame(string envelope)
    {
        var frame = new ArrayBufferWriter<byte>();
        FrameFormat.CrcSequenced.Write(_number++, Encoding.UTF8.GetBytes(envelope), frame);
        return frame.WrittenSpan.ToArray();
    }

    protected void Advance(double seconds) => Scheduler.AdvanceBy(TimeSpan.FromSeconds(seconds).Ticks);

    private UdpLink Connect(LinkOptions options) => UdpLink.Over(A.Connect("b:9000"), options);
}
