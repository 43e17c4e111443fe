using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using System.Reactive.Linq;
using ReactiveLink;
using ReactiveLink.Testing;

namespace Dashboard.Fleet;

/// <summary>A fleet on a virtual network, on any scheduler: in real time for the page, in virtual time for tests. The link that listens is a real one, over a virtual socket.</summary>
internal sealed class FleetSimulation : IDisposable
{
    private const string Ground = "ground";

    private readonly IScheduler _scheduler;
    private readonly VirtualNetwork _network;
    private readonly CompositeDisposable _running = [];

    public FleetSimulation(IScheduler scheduler, ulong seed, TimeSpan statisticsInterval)
    {
        _scheduler = scheduler;
        _network = new VirtualNetwork(scheduler, seed, new VirtualNetworkOptions { Conditions = Course.Fair });
        Link = UdpLink.Over(_network.AddHost(Ground, "10.0.0.1").Listen("10.0.0.1:9000"), new LinkOptions { StatisticsInterval = statisticsInterval, Heartbeat = new HeartbeatOptions() });
    }

    /// <summary>The link that listens to the fleet.</summary>
    public UdpLink Link { get; }

    /// <summary>The vehicles begin to send, and their troubles take their course.</summary>
    public void Start()
    {
        foreach (var vehicle in Course.Vehicles)
        {
            Drive(vehicle);
        }

        foreach (var trouble in Course.Troubles)
        {
            var path = _network.Path(trouble.Vehicle, Ground);
            Every(trouble.From, () => (path.Conditions, path.IsDown) = (trouble.Conditions ?? Course.Fair, trouble.Conditions is null));
            Every(trouble.To, () => (path.Conditions, path.IsDown) = (Course.Fair, false));
        }
    }

    public void Dispose()
    {
        _running.Dispose();
        Link.Dispose();
        _network.Dispose();
    }

    private void Drive(Vehicle vehicle)
    {
        var host = _network.AddHost(vehicle.Name, vehicle.Address);
        host.ClockOffset = vehicle.ClockOffset;
        var link = UdpLink.Over(host.Connect(Ground + ":9000"), new LinkOptions { Source = vehicle.Name, Heartbeat = new HeartbeatOptions() });
        link.Start();
        _running.Add(link);
        _running.Add(Observable.Interval(TimeSpan.FromSeconds(1.0 / vehicle.Rate), _scheduler)
            .Select(step => Course.At(vehicle, step / (double)vehicle.Rate))
            .Select(telemetry => Observable.FromAsync(() => link.SendAsync(telemetry, FleetJson.Default.Telemetry).AsTask()))
            .Concat()
            .Subscribe(_ => { }, _ => { }));
    }

    private void Every(double seconds, Action act) =>
        _running.Add(Observable.Timer(TimeSpan.FromSeconds(seconds), Course.Period, _scheduler).Subscribe(_ => act()));
}
