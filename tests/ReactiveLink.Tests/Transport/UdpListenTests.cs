using System.Net;
using System.Reactive.Linq;

namespace ReactiveLink.Tests.Transport;

public sealed class UdpListenTests
{
    [Fact]
    public void ArgumentChecking()
    {
        Assert.Throws<ArgumentNullException>(() => Udp.Listen(null!));
        Assert.Throws<FormatException>(() => Udp.Listen("127.0.0.1:99999"));
        Assert.Throws<ArgumentException>(() => Udp.Listen("127.0.0.1:0", o => o with { MaximumDatagramSize = 0 }));
        Assert.Throws<ArgumentNullException>(() => Udp.Listen("127.0.0.1:0").Subscribe(null!));
    }

    [Fact]
    public void It_binds_on_subscribe_and_closes_on_dispose()
    {
        var port = Ports.Free();
        var source = Udp.Listen($"127.0.0.1:{port}");
        Assert.True(Ports.IsFree(port));

        var datagrams = new Recorder<Datagram>();
        var subscription = source.Subscribe(datagrams);
        Assert.False(Ports.IsFree(port));
        using var sender = UdpTransport.Connect($"127.0.0.1:{port}");
        sender.Send([1, 2]);
        datagrams.WaitForCount(1);
        subscription.Dispose();

        Assert.True(Ports.IsFree(port));
        Assert.Equal([1, 2], datagrams.Values[0].ToArray());
        Assert.False(datagrams.Completed);
        subscription.Dispose();
    }

    [Fact]
    public void Each_subscription_has_its_own_socket()
    {
        var source = Udp.Listen("127.0.0.1:0");

        using var one = source.Subscribe(new Recorder<Datagram>());
        using var two = source.Subscribe(new Recorder<Datagram>());
    }

    [Fact]
    public void Error()
    {
        var port = Ports.Free();
        var source = Udp.Listen($"127.0.0.1:{port}");
        using var first = source.Subscribe(new Recorder<Datagram>());
        var second = new Recorder<Datagram>();

        source.Subscribe(second);

        Assert.IsType<LinkOpenException>(second.Error);
    }

    [Fact]
    public void Dispose_inside_OnNext_through_Take_closes_the_socket()
    {
        var port = Ports.Free();
        var datagrams = new Recorder<Datagram>();
        using var subscription = Udp.Listen($"127.0.0.1:{port}").Take(2).Subscribe(datagrams);
        using var sender = UdpTransport.Listen("127.0.0.1:0");

        for (var i = 0; i < 5; i++)
        {
            sender.Send([(byte)i], new UdpEndpoint(IPAddress.Loopback, port));
        }

        datagrams.WaitForEnd();
        Assert.True(datagrams.Completed);
        Assert.Equal(2, datagrams.Values.Count);
        Eventually.True(() => Ports.IsFree(port), "the port is free");
        datagrams.AssertGrammar();
    }

    [Fact]
    public void An_observer_that_throws_ends_its_subscription_and_frees_the_port()
    {
        var port = Ports.Free();
        var failure = new InvalidOperationException("observer");
        var faults = new Recorder<Fault>();
        var datagrams = new Recorder<Datagram>(_ => throw failure);
        using var subscription = Udp.Listen($"127.0.0.1:{port}", faults: faults).Subscribe(datagrams);
        using var sender = UdpTransport.Connect($"127.0.0.1:{port}");

        sender.Send([1]);

        Assert.Same(failure, faults.WaitForOne(f => f.Reason == FaultReason.SubscriberFailed, "a fault").Exception);
        Eventually.True(() => Ports.IsFree(port), "the port is free");
        Assert.False(faults.Completed);
    }

    [Fact]
    public void Faults_go_to_their_observer_which_is_never_completed()
    {
        var port = Ports.Free();
        var faults = new Recorder<Fault>();
        var datagrams = new Recorder<Datagram>();
        var subscription = Udp.Listen($"127.0.0.1:{port}", o => o with { MaximumDatagramSize = 1 }, faults).Subscribe(datagrams);
        using var sender = UdpTransport.Connect($"127.0.0.1:{port}");

        sender.Send([1, 2]);
        sender.Send([1]);

        datagrams.WaitForCount(1);
        faults.WaitForOne(f => f.Reason == FaultReason.Truncated, "a truncated fault");
        subscription.Dispose();
        Assert.False(faults.Completed);
    }

    [Fact]
    public void It_tells_each_subscription_where_it_is_bound_before_any_datagram()
    {
        List<UdpEndpoint> bound = [];
        var source = Udp.Listen("127.0.0.1:0", bound: bound.Add);
        Assert.Empty(bound);

        var datagrams = new Recorder<Datagram>();
        using var one = source.Subscribe(datagrams);
        using var two = source.Subscribe(new Recorder<Datagram>());

        Assert.Equal(2, bound.Distinct().Count());
        Assert.All(bound, endpoint => Assert.False(Ports.IsFree(endpoint.Port)));
        using var sender = UdpTransport.Connect(bound[0].ToString());
        sender.Send([7]);
        datagrams.WaitForCount(1);
    }

    [Fact]
    public void Who_throws_when_told_where_it_is_bound_ends_the_stream_and_closes_the_socket()
    {
        var port = Ports.Free();
        var thrown = new InvalidOperationException();
        var datagrams = new Recorder<Datagram>();

        Udp.Listen($"127.0.0.1:{port}", bound: _ => throw thrown).Subscribe(datagrams);

        Assert.Same(thrown, datagrams.Error);
        Assert.True(Ports.IsFree(port));
    }
}
