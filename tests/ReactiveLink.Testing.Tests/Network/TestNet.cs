using System.Text;
using Microsoft.Reactive.Testing;

namespace ReactiveLink.Testing.Tests.Network;

/// <summary>Two hosts, a at 10.0.0.1 and b at 10.0.0.2, on virtual time; a log; and what each transport received, at which tick.</summary>
internal sealed class TestNet
{
    public TestNet(PathConditions? conditions = null, ulong seed = 1, VirtualNetworkOptions? options = null)
    {
        Network = new VirtualNetwork(Scheduler, seed, options ?? new VirtualNetworkOptions { Conditions = conditions ?? new PathConditions() });
        A = Network.AddHost("a", "10.0.0.1", "2001:db8::1");
        B = Network.AddHost("b", "10.0.0.2", "2001:db8::2");
        Log = Network.Events.Record(Scheduler);
    }

    public TestScheduler Scheduler { get; } = new();

    public VirtualNetwork Network { get; }

    public VirtualHost A { get; }

    public VirtualHost B { get; }

    public RecordingObserver<NetworkEvent> Log { get; }

    /// <summary>The log without the sends: kind and tick.</summary>
    public IEnumerable<(NetworkEventKind Kind, long Tick)> Fates => Log.Values.Where(e => e.Kind != NetworkEventKind.Sent).Select(e => (e.Kind, e.At.Ticks));

    public static byte[] Bytes(int count, byte first = 0)
    {
        var bytes = new byte[count];
        bytes[0] = first;
        return bytes;
    }

    /// <summary>The log as bytes, payloads included.</summary>
    public static string Text(IEnumerable<NetworkEvent> events, bool withId = true)
    {
        var text = new StringBuilder();
        foreach (var e in events)
        {
            text.Append(withId ? e : e with { Id = 1 }).Append(' ').Append(Convert.ToHexString(e.Payload.Span)).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>A started listener, and what it gets: the tick and the first byte.</summary>
    public (VirtualTransport Transport, List<(long Tick, int First)> Got) Listen(VirtualHost host, string endpoint = "*:9000", Func<UdpTransportOptions, UdpTransportOptions>? configure = null)
    {
        var transport = host.Listen(endpoint, configure);
        List<(long, int)> got = [];
        transport.Datagrams.Subscribe(d => got.Add((Scheduler.Clock, d.Payload.IsEmpty ? -1 : d.Payload.Span[0])));
        transport.Start();
        return (transport, got);
    }

    public void At(long tick, Action action) => Scheduler.ScheduleAbsolute(action, tick, (_, act) =>
    {
        act();
        return System.Reactive.Disposables.Disposable.Empty;
    });

    /// <summary>Sends datagrams of one byte, 1, 2 and so on, at ticks.</summary>
    public void SendAt(VirtualTransport from, UdpEndpoint? to, params long[] ticks)
    {
        for (var i = 0; i < ticks.Length; i++)
        {
            var number = (byte)(i + 1);
            At(ticks[i], () => from.Send([number], to));
        }
    }

    public void Run() => Scheduler.Start();
}
