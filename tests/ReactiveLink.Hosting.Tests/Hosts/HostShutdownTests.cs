using System.Globalization;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ReactiveLink.Hosting.Tests.Support;
using ReactiveLink.Testing;
using ReactiveLink.Tests.Support;

namespace ReactiveLink.Hosting.Tests.Hosts;

/// <summary>Shutdowns that are not quiet.</summary>
public sealed class HostShutdownTests
{
    [Fact]
    public async Task In_a_flood_what_came_before_the_shutdown_is_handled_and_the_rest_is_accounted_for()
    {
        var builder = TestHost.Builder();
        builder.Services
            .AddReactiveLink(configure: options => options.Listen = "127.0.0.1:0")
            .AddHandler<NotingHandler>(MessageType.Data, route => route with { Capacity = 1_000_000 });
        using var host = builder.Build();
        await host.StartAsync();
        var link = host.Link();
        var seen = new RecordingObserver<Message>();
        link.Messages.Subscribe(seen);
        using var enough = new CancellationTokenSource();
        var flood = Task.Run(() => Flood(link.LocalEndpoint, enough.Token));
        await Deadline.Until(() => link.GetStatistics().MessagesReceived > 2_000, "the flood has come");

        var before = 0L;
        host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(() => before = link.GetStatistics().MessagesReceived);
        await Deadline.Within(host.StopAsync());
        await enough.CancelAsync();
        await Deadline.Within(flood);

        var handled = host.Journal().Handled.ToHashSet(StringComparer.Ordinal);
        Assert.Equal(handled.Count, host.Journal().Handled.Count);

        // The last one counted may have come to the handler after the shutdown had begun.
        Assert.All(seen.Values.Take((int)before - 1), message => Assert.Contains(message.DataAsText(), handled));
        var statistics = link.GetStatistics();
        LedgerAssert.Balances(statistics);
        Assert.Equal(0, statistics.CountOf(FaultReason.QueueFull));
        Assert.InRange(handled.Count + statistics.CountOf(FaultReason.Draining), before, statistics.MessagesReceived);
        Assert.Equal((host.Journal().ScopesMade, handled.Count), (host.Journal().ScopesDisposed, host.Journal().ScopesMade));
    }

    [Fact]
    public async Task Handlers_that_hang_are_cut_off_by_the_hosts_timeout_and_counted()
    {
        var log = new LogLines();
        var builder = TestHost.Builder(log);
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromMilliseconds(200));
        builder.Services
            .AddReactiveLink(configure: options => options.Listen = "127.0.0.1:0")
            .AddHandler<DeafHandler>(MessageType.Data, route => route with { Concurrency = 2, Timeout = Timeout.InfiniteTimeSpan });
        using var host = builder.Build();
        await host.StartAsync();
        var link = host.Link();
        var faults = new RecordingObserver<Fault>();
        link.Faults.Subscribe(faults);
        await using (var sender = TestHost.ClientOf(link))
        {
            for (var i = 0; i < 7; i++)
            {
                await sender.SendAsync(i);
            }
        }

        await Deadline.Until(() => link.GetStatistics() is { MessagesReceived: 7, Routes: [{ Running: 2 }] }, "two run, five wait");

        await Deadline.Within(host.StopAsync());

        Assert.Equal(ConnectionState.Closed, link.CurrentState);
        Assert.Equal(
            [(FaultReason.Draining, 5L), (FaultReason.HandlerTimeout, 1L), (FaultReason.HandlerTimeout, 1L)],
            faults.Values.Select(fault => (fault.Reason, fault.Count)));
        Assert.True(faults.Completed);
        Assert.Contains(log.Lines, line => line is { Id: 2004, Level: LogLevel.Warning } && line.Text.Contains("5 messages", StringComparison.Ordinal));

        // Let go at last, they still dispose their scopes.
        host.Journal().Gate.SetResult();
        await Deadline.Until(() => host.Journal() is { ScopesMade: 2, ScopesDisposed: 2 }, "scopes disposed");
    }

    [Fact]
    public async Task Two_links_share_the_time()
    {
        var builder = TestHost.Builder();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromMilliseconds(200));
        foreach (var name in new[] { "a", "b" })
        {
            builder.Services
                .AddReactiveLink(name, configure: options => options.Listen = "127.0.0.1:0")
                .AddHandler<DeafHandler>(MessageType.Data, route => route with { Timeout = Timeout.InfiniteTimeSpan });
        }

        using var host = builder.Build();
        await host.StartAsync();
        foreach (var name in new[] { "a", "b" })
        {
            await using var sender = TestHost.ClientOf(host.Link(name));
            await sender.SendAsync(1);
            await Deadline.Until(() => host.Link(name).GetStatistics() is { Routes: [{ Running: 1 }] }, "runs");
        }

        await Deadline.Within(host.StopAsync());

        Assert.All(["a", "b"], name => Assert.Equal(1, host.Link(name).GetStatistics().CountOf(FaultReason.HandlerTimeout)));
        host.Journal().Gate.SetResult();
    }

    private static async Task Flood(UdpEndpoint to, CancellationToken enough)
    {
        await using var sender = UdpLink.Connect(to.ToString());
        for (var i = 0; !enough.IsCancellationRequested; i++)
        {
            try
            {
                await sender.SendAsync(i.ToString(CultureInfo.InvariantCulture), cancellationToken: CancellationToken.None);
            }
            catch (DatagramSendException exception) when (exception.InnerException is SocketException)
            {
                // Nobody is there any more.
            }
        }
    }
}
