using System.Reactive.Concurrency;
using ReactiveLink.Simulation.Probes;
using ReactiveLink.Simulation.Scenarios;
using ReactiveLink.Testing;

namespace ReactiveLink.Simulation;

/// <summary>One run of a scenario: a virtual network, links on its hosts, and the log that says what really happened.</summary>
internal sealed class World
{
    private const int Port = 9000;
    private const int ClientPort = 5000;

    /// <summary>How long the links may finish what is on its way after the last message.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(1);

    private readonly Scenario _scenario;
    private readonly HistoricalScheduler _scheduler;
    private readonly VirtualNetwork _network;
    private readonly Journal _journal;
    private readonly Dictionary<string, LinkProbe> _links = new(StringComparer.Ordinal);
    private readonly List<LinkProbe> _everyLink = [];
    private readonly Dictionary<string, VirtualNat> _nats = new(StringComparer.Ordinal);
    private readonly Dictionary<long, ReadOnlyMemory<byte>> _sent = [];

    private World(Scenario scenario)
    {
        _scenario = scenario;
        _scheduler = new HistoricalScheduler(scenario.Start);
        _network = new VirtualNetwork(_scheduler, scenario.Seed);
        _journal = new Journal(_scheduler);
    }

    /// <summary>Runs a scenario from its start to its end.</summary>
    public static RunResult Run(Scenario scenario)
    {
        var world = new World(scenario);

        // A test framework's would take what handlers do after an await to other threads, and out of virtual time.
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            world.Run();
        }
        catch (Exception exception)
        {
            world._journal.Violate("no exception escapes", "the run", exception.ToString());
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }

        return new RunResult(world._journal.Digest.Value, world._journal.Violations, world._journal.Counts);
    }

    private void Run()
    {
        _journal.Watch(_network.Events, "network", Happened);
        foreach (var server in _scenario.Servers)
        {
            AddHost(server);
            Open(server.Name, server.Link, _network.Hosts[server.Name].Listen($"*:{Port}", options => Options(server.Link, options)));
        }

        foreach (var (index, client) in _scenario.Clients.Index())
        {
            AddHost(client.Node);
            var server = _scenario.Servers[client.Server].Name;
            _network.Path(client.Node.Name, server).Conditions = client.Out;
            _network.Path(server, client.Node.Name).Conditions = client.Back;
            Connect(client);
            new Traffic(_scenario.Seed, index, client, _network.Hosts[client.Node.Name].Scheduler, () => _links[client.Node.Name]).Begin();
        }

        foreach (var incident in _scenario.Incidents)
        {
            _scheduler.Schedule(incident.At, () => Happen(incident));
        }

        _scheduler.AdvanceBy(_scenario.Length + Quiet);
        Finish();
    }

    private static UdpTransportOptions Options(LinkPlan plan, UdpTransportOptions options) => options with
    {
        MaximumDatagramSize = plan.MaximumDatagramSize,
        ReceiveBufferSize = plan.ReceiveBufferSize,
        PayloadMemory = plan.PayloadMemory,
        RebindDelay = TimeSpan.FromMilliseconds(20),
        MaximumRebindDelay = TimeSpan.FromMilliseconds(100),
    };

    private void AddHost(NodePlan node)
    {
        VirtualNat? nat = null;
        if (node.IsBehindNat)
        {
            nat = _network.AddNat($"203.0.113.{_nats.Count + 1}");
            _nats.Add(node.Name, nat);
        }

        var host = _network.AddHost(node.Name, nat, node.Address);
        host.ClockOffset = node.ClockOffset;
        host.ClockDrift = node.ClockDrift;
    }

    private void Connect(ClientPlan client)
    {
        var server = _scenario.Servers[client.Server].Name;
        var transport = _network.Hosts[client.Node.Name].Connect($"{server}:{Port}", options => Options(client.Node.Link, options) with
        {
            Local = client.HasFixedPort ? EndpointText.Parse($"*:{ClientPort}") : null,
        });
        Open(client.Node.Name, client.Node.Link, transport);
    }

    private void Open(string node, LinkPlan plan, VirtualTransport transport)
    {
        var name = FormattableString.Invariant($"{node}.{_everyLink.Count}");
        var probe = new LinkProbe(_journal, name, plan, transport);
        _links[node] = probe;
        _everyLink.Add(probe);
    }

    private void Happen(Incident incident)
    {
        var client = _scenario.Clients.FirstOrDefault(client => string.Equals(client.Node.Name, incident.Node, StringComparison.Ordinal));
        var host = _network.Hosts[incident.Node];
        switch (incident.Kind)
        {
            case IncidentKind.Crash:
                Crash(host, client, incident.For);
                break;
            case IncidentKind.PartitionOut:
                Partition(_network.Path(incident.Node, _scenario.Servers[client!.Server].Name), incident.For);
                break;
            case IncidentKind.PartitionBack:
                Partition(_network.Path(_scenario.Servers[client!.Server].Name, incident.Node), incident.For);
                break;
            case IncidentKind.NatRebind:
                _nats[incident.Node].Rebind();
                break;
            default:
                host.ClockOffset = incident.For;
                break;
        }
    }

    private void Crash(VirtualHost host, ClientPlan? client, TimeSpan lasts)
    {
        if (!host.IsUp)
        {
            return;
        }

        var link = _links[host.Name];
        host.Crash();
        link.HostCrashed();
        var beginsAnew = client is { BeginsAnew: true };
        if (beginsAnew)
        {
            link.Close(isQuiet: false);
        }

        _scheduler.Schedule(lasts, () =>
        {
            host.Restart();
            if (beginsAnew)
            {
                Connect(client!);
            }
        });
    }

    private void Partition(VirtualPath path, TimeSpan lasts)
    {
        path.IsDown = true;
        _scheduler.Schedule(lasts, () => path.IsDown = false);
    }

    /// <summary>The network's log, told before the links are.</summary>
    private void Happened(NetworkEvent happened)
    {
        _journal.Counts.Add(happened.Kind);
        _journal.Digest.Add((long)happened.Kind);
        _journal.Digest.Add(happened.Id);
        _journal.Digest.Add(happened.Payload.Span);
        switch (happened.Kind)
        {
            case NetworkEventKind.Sent:
                _sent.Add(happened.Id, happened.Payload);
                _links[happened.FromHost!].Sent(happened);
                break;
            case NetworkEventKind.Delivered:
                _links[happened.ToHost!].Arrived(happened, happened.Payload.Span.SequenceEqual(_sent[happened.Id].Span));
                break;
            case NetworkEventKind.BufferFull:
                _links[happened.ToHost!].BufferFull();
                break;
        }
    }

    private void Finish()
    {
        foreach (var link in _everyLink)
        {
            link.Close(isQuiet: true);
        }

        // What the closing made, and the rest of the network's log.
        _scheduler.AdvanceBy(Quiet);
        var network = _network.GetStatistics();
        _journal.Expect("network", "the network", "what is unexplained", 0, network.Unexplained);
        _journal.Expect("network", "the network", "events missed by its log", 0, network.MissedEvents);
        foreach (var link in _everyLink)
        {
            link.CheckSent();
        }

        _network.Dispose();
        _journal.ExpectAllCompleted();
        foreach (var failure in _network.Failures)
        {
            _journal.Violate("no exception escapes", "the observer of the network", failure.ToString());
        }
    }
}
