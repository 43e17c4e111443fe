using System.Net;
using System.Net.Sockets;
using System.Reactive.Concurrency;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ReactiveLink.Endurance.Tests.Leaks;
using ReactiveLink.Hosting.Tests.Support;
using ReactiveLink.Metrics.Tests;
using ReactiveLink.Testing;
using ReactiveLink.Tests.Support;

namespace ReactiveLink.Hosting.Tests.Hosts;

/// <summary>Real hosts with links on real sockets, from start to end.</summary>
public sealed class HostLifecycleTests
{
    [Fact]
    public async Task Everything_that_came_is_handled_at_shutdown_and_nothing_is_left()
    {
        var scheduler = new SteppedScheduler(DefaultScheduler.Instance);
        await RunOnce(scheduler);
        await RunOnce(scheduler);
        var before = OperatingSystem.IsLinux() ? ProcessCensus.Take() : null;
        List<WeakReference> left = [];
        for (var i = 0; i < 5; i++)
        {
            left.AddRange(await RunOnce(scheduler));
        }

        // What follows would else run upon the stack of the last host, which still has its link.
        await Task.Yield();
        await Deadline.Until(() => scheduler.Pending == 0, "no timer is set");
        await Deadline.Until(
            () =>
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                return left.TrueForAll(reference => !reference.IsAlive);
            },
            "no link and no subscriber is alive");
        if (before is not null)
        {
            await Deadline.Until(() => ProcessCensus.Take().HoldsNoMoreThan(before), "no descriptor is left open, no thread running: " + ProcessCensus.Take().Since(before));
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<WeakReference[]> RunOnce(IScheduler scheduler)
    {
        const int Count = 200;
        var builder = TestHost.Builder();
        builder.Services.AddHealthChecks().AddReactiveLink();
        builder.Services
            .AddReactiveLink(configure: options =>
            {
                options.Listen = "127.0.0.1:0";
                options.Link = options.Link with { Transport = options.Link.Transport with { Scheduler = scheduler } };
            })
            .AddHandler<GatedHandler>(MessageType.Data);
        using var host = builder.Build();
        await host.StartAsync();
        var link = host.Link();
        var messages = new RecordingObserver<Message>();
        var faults = new RecordingObserver<Fault>();
        link.Messages.Subscribe(messages);
        link.Faults.Subscribe(faults);
        await using (var sender = TestHost.ClientOf(link))
        {
            for (var i = 0; i < Count; i++)
            {
                await sender.SendAsync(i);
            }
        }

        await Deadline.Until(() => link.GetStatistics().Ledger.Delivered == Count, "all delivered");
        var journal = host.Journal();
        Assert.Empty(journal.Handled);

        // Not before the shutdown has begun are the handlers let go.
        host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(() => journal.Gate.SetResult());
        await Deadline.Within(host.StopAsync());

        Assert.Equal(Enumerable.Range(0, Count), journal.Handled.Select(int.Parse).Order());
        Assert.Equal((Count, Count), (journal.ScopesMade, journal.ScopesDisposed));
        Assert.Empty(faults.Values);
        Assert.True(faults.Completed && messages.Completed);
        Assert.Equal(ConnectionState.Closed, link.CurrentState);
        LedgerAssert.Balances(link.GetStatistics());
        return [new WeakReference(link), new WeakReference(messages), new WeakReference(faults), new WeakReference(journal)];
    }

    [Fact]
    public async Task Two_named_links_and_the_default_one_are_services_by_their_keys()
    {
        var builder = TestHost.Builder();
        builder.Services.AddReactiveLink(configure: options => options.Listen = "127.0.0.1:0");
        builder.Services.AddReactiveLink("ground", configure: options => options.Listen = "127.0.0.1:0");
        builder.Services.AddReactiveLink("air", configure: options => options.Listen = "127.0.0.1:0");
        builder.Services.AddSingleton<Consumer>();
        using var host = builder.Build();
        await host.StartAsync();

        var consumer = host.Services.GetRequiredService<Consumer>();
        UdpLink[] links = [consumer.Default, consumer.Ground, host.Link("air")];
        Assert.Equal(3, links.Distinct().Count());
        Assert.Same(consumer.Ground.Messages, consumer.Messages);
        Assert.Same(consumer.Ground.Faults, consumer.Faults);
        Assert.Same(consumer.Default.Messages, host.Services.GetRequiredService<IObservable<Message>>());
        Assert.Same(consumer.Default.Faults, host.Services.GetRequiredService<IObservable<Fault>>());
        Assert.Null(host.Services.GetKeyedService<UdpLink>("other"));
        await host.StopAsync();
        Assert.All(links, link => Assert.Equal(ConnectionState.Closed, link.CurrentState));
    }

    [Fact]
    public async Task What_comes_before_all_services_have_started_waits_for_them()
    {
        var builder = TestHost.Builder();
        builder.Services.AddReactiveLink(configure: options => options.Listen = "127.0.0.1:0");
        builder.Services.AddSingleton<LateSubscriber>();
        builder.Services.AddHostedService(services => services.GetRequiredService<LateSubscriber>());
        using var host = builder.Build();

        await host.StartAsync();

        var late = host.Services.GetRequiredService<LateSubscriber>();
        await Deadline.Until(() => late.Seen == 1, "the message that came before the subscriber");
        await host.StopAsync();
    }

    [Fact]
    public async Task A_port_in_use_keeps_the_host_from_starting_and_says_so()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var endpoint = socket.LocalEndPoint!.ToString()!;
        var log = new LogLines();
        var builder = TestHost.Builder(log);
        builder.Services.AddReactiveLink("free", configure: options => options.Listen = "127.0.0.1:0");
        builder.Services.AddReactiveLink("taken", configure: options => options.Listen = endpoint);
        UdpLink free;
        using (var host = builder.Build())
        {
            var error = await Assert.ThrowsAsync<LinkOpenException>(() => host.StartAsync());

            Assert.Contains("in use", error.Message, StringComparison.Ordinal);
            Assert.Contains(log.Lines, line => line is { Category: "ReactiveLink.Hosting", Level: LogLevel.Error, Id: 2001 } && line.Text.Contains("taken", StringComparison.Ordinal));
            free = host.Link("free");
        }

        Assert.Equal(ConnectionState.Closed, free.CurrentState);
    }

    [Fact]
    public async Task A_link_that_cannot_be_made_upon_a_transport_leaves_it_closed()
    {
        var transport = UdpTransport.Listen("127.0.0.1:0");
        var builder = TestHost.Builder();
        builder.Services
            .AddReactiveLink(configure: options => options.Link = options.Link with { LoggerFactory = new NoLoggers() })
            .UseTransport(_ => transport);
        using var host = builder.Build();

        await Assert.ThrowsAsync<NotSupportedException>(() => host.StartAsync());

        Assert.Equal(ConnectionState.Closed, transport.CurrentState);
    }

    [Fact]
    public async Task Host_after_host_uses_the_same_port()
    {
        var endpoint = "127.0.0.1:0";
        for (var run = 0; run < 5; run++)
        {
            var builder = TestHost.Builder();
            builder.Services.AddReactiveLink(configure: options => options.Listen = endpoint).AddHandler<NotingHandler>(MessageType.Data);
            using var host = builder.Build();
            await host.StartAsync();
            endpoint = host.Link().LocalEndpoint.ToString();
            await using var sender = TestHost.ClientOf(host.Link());
            await sender.SendAsync(run);
            await Deadline.Until(() => host.Journal().Handled.Count == 1, "handled");
            await host.StopAsync();
        }
    }

    [Fact]
    public async Task The_link_logs_with_the_hosts_loggers_and_the_host_tells_its_life()
    {
        var log = new LogLines();
        var builder = TestHost.Builder(log);
        builder.Services.AddReactiveLink("ground", configure: options => options.Listen = "127.0.0.1:0");
        using var host = builder.Build();
        await host.StartAsync();
        await host.StopAsync();

        Assert.Equal([2000, 2002, 2003], log.Lines.Where(line => line.Category == "ReactiveLink.Hosting").Select(line => line.Id));
        Assert.Contains(log.Lines, line => line is { Category: "ReactiveLink.UdpLink", Id: 1 });
        Assert.Contains(log.Lines, line => line is { Category: "ReactiveLink.UdpLink", Id: 2 });
        Assert.Contains(log.Lines, line => line.Category == "ReactiveLink.UdpTransport");
    }

    [Fact]
    public async Task A_host_that_is_disposed_without_a_stop_closes_its_links()
    {
        var builder = TestHost.Builder();
        builder.Services.AddReactiveLink(configure: options => options.Listen = "127.0.0.1:0").AddHandler<NotingHandler>(MessageType.Data);
        var host = builder.Build();
        await host.StartAsync();
        var link = host.Link();

        host.Dispose();

        Assert.Equal(ConnectionState.Closed, link.CurrentState);
    }

    private sealed class NoLoggers : ILoggerFactory
    {
        public ILogger CreateLogger(string categoryName) => throw new NotSupportedException();

        public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

        public void Dispose()
        {
            // Nothing is held.
        }
    }

    private sealed class Consumer(
        UdpLink link,
        [FromKeyedServices("ground")] UdpLink ground,
        [FromKeyedServices("ground")] IObservable<Message> messages,
        [FromKeyedServices("ground")] IObservable<Fault> faults)
    {
        public UdpLink Default => link;

        public UdpLink Ground => ground;

        public IObservable<Message> Messages => messages;

        public IObservable<Fault> Faults => faults;
    }

    /// <summary>Sends to the link first, and subscribes then.</summary>
    private sealed class LateSubscriber(UdpLink link) : IHostedService
    {
        private int _seen;

        public int Seen => Volatile.Read(ref _seen);

        public async Task StartAsync(CancellationToken cancellationToken)
        {
            await using (var sender = TestHost.ClientOf(link))
            {
                await sender.SendAsync("early", cancellationToken: cancellationToken);
            }

            link.Messages.Subscribe(_ => Interlocked.Increment(ref _seen));
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
