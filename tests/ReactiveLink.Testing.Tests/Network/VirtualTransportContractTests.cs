using System.Reactive.Concurrency;
using Microsoft.Reactive.Testing;
using ReactiveLink.Tests.Transport;

namespace ReactiveLink.Testing.Tests.Network;

public abstract class VirtualTransportContract(string address, string endpoint) : DatagramTransportContract
{
    private readonly TestScheduler _scheduler = new();
    private VirtualHost? _host;

    protected override IDatagramTransport Make()
    {
        if (_host is null)
        {
            // The contract looks a minute back.
            _scheduler.AdvanceTo(TimeSpan.FromDays(1).Ticks);
            _host = new VirtualNetwork(_scheduler).AddHost("host", address);
        }

        return _host.Listen(endpoint);
    }

    protected override void Advance() => _scheduler.AdvanceBy(10);
}

public sealed class VirtualTransportIPv4ContractTests() : VirtualTransportContract("10.0.0.1", "10.0.0.1:0");

public sealed class VirtualTransportIPv6ContractTests() : VirtualTransportContract("2001:db8::1", "[2001:db8::1]:0");

public sealed class VirtualTransportLoopbackContractTests() : VirtualTransportContract("10.0.0.1", "127.0.0.1:0");

/// <summary>Between hosts, by a HistoricalScheduler.</summary>
public sealed class VirtualTransportHistoricalContractTests : DatagramTransportContract
{
    private readonly HistoricalScheduler _scheduler = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly VirtualNetwork _network;
    private int _made;

    public VirtualTransportHistoricalContractTests()
    {
        _network = new VirtualNetwork(_scheduler) { Conditions = new PathConditions { Latency = TimeSpan.FromMilliseconds(1) } };
    }

    protected override IDatagramTransport Make()
    {
        var name = FormattableString.Invariant($"host{++_made}");
        return _network.AddHost(name, FormattableString.Invariant($"10.0.0.{_made}")).Listen(FormattableString.Invariant($"10.0.0.{_made}:9000"));
    }

    protected override void Advance() => _scheduler.AdvanceBy(TimeSpan.FromMilliseconds(2));
}

/// <summary>On real time and real threads.</summary>
public sealed class VirtualTransportRealTimeContractTests : DatagramTransportContract
{
    private readonly VirtualNetwork _network = new(DefaultScheduler.Instance) { Conditions = new PathConditions { Latency = TimeSpan.FromMilliseconds(1) } };
    private int _made;

    protected override IDatagramTransport Make()
    {
        var name = FormattableString.Invariant($"host{++_made}");
        return _network.AddHost(name, FormattableString.Invariant($"10.0.0.{_made}")).Listen(FormattableString.Invariant($"10.0.0.{_made}:9000"));
    }
}
