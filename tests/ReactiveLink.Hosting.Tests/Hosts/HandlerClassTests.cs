using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ReactiveLink.Hosting.Tests.Support;
using ReactiveLink.Testing;
using ReactiveLink.Tests.Support;

namespace ReactiveLink.Hosting.Tests.Hosts;

/// <summary>Handlers as classes, with a scope for each message.</summary>
public sealed class HandlerClassTests
{
    [Fact]
    public async Task A_scope_is_disposed_also_when_the_handler_throws()
    {
        using var host = await StartAsync(link => link.AddHandler<FailingHandler>(MessageType.Command));
        var faults = new RecordingObserver<Fault>();
        host.Link().Faults.Subscribe(faults);

        await SendAsync(host, MessageType.Command, 3);

        await Deadline.Until(() => host.Journal().ScopesDisposed == 3, "scopes disposed");
        await host.StopAsync();
        Assert.Equal(3, host.Journal().ScopesMade);
        Assert.All(faults.Values, fault => Assert.Equal((FaultReason.HandlerFailed, "command", "on purpose"), (fault.Reason, fault.Detail, fault.Exception?.Message)));
        Assert.Equal(3, faults.Values.Count);
    }

    [Fact]
    public async Task A_scope_is_disposed_also_when_the_handler_times_out()
    {
        using var host = await StartAsync(
            link => link.AddHandler<GatedHandler>(MessageType.Data, route => route with { Timeout = TimeSpan.FromMilliseconds(20) }));
        var faults = new RecordingObserver<Fault>();
        host.Link().Faults.Subscribe(faults);

        await SendAsync(host, MessageType.Data, 2);

        await Deadline.Until(() => host.Journal() is { ScopesMade: 2, ScopesDisposed: 2 }, "scopes disposed");
        await host.StopAsync();
        Assert.Equal([FaultReason.HandlerTimeout, FaultReason.HandlerTimeout], faults.Values.Select(fault => fault.Reason));
        Assert.Empty(host.Journal().Handled);
    }

    [Fact]
    public async Task A_handler_that_outlives_its_timeout_keeps_its_scope_until_it_returns()
    {
        using var host = await StartAsync(
            link => link.AddHandler<DeafHandler>(MessageType.Data, route => route with { Timeout = TimeSpan.FromMilliseconds(20) }));
        await SendAsync(host, MessageType.Data, 1);
        await Deadline.Until(() => host.Link().GetStatistics().Routes[0].Overdue == 1, "overdue");
        Assert.Equal((1, 0), (host.Journal().ScopesMade, host.Journal().ScopesDisposed));

        host.Journal().Gate.SetResult();

        await Deadline.Until(() => host.Journal().ScopesDisposed == 1, "scope disposed");
        await host.StopAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Typed_data_comes_typed_and_what_is_none_is_a_fault(bool reflection)
    {
        using var host = await StartAsync(link => _ = reflection
            ? link.AddHandler<AttitudeHandler, Attitude>(MessageType.Data)
            : link.AddHandler<AttitudeHandler, Attitude>(MessageType.Data, TestJson.Default.Attitude));
        var faults = new RecordingObserver<Fault>();
        host.Link().Faults.Subscribe(faults);
        await using (var sender = UdpLink.Connect(host.Link().LocalEndpoint.ToString(), options => options with { Source = "drone" }))
        {
            await sender.SendAsync(new { roll = 1.5 });
            await sender.SendAsync("no attitude");
            await sender.SendAsync<object?>(null);
            await sender.SendAsync(new { roll = 2 });
        }

        await Deadline.Until(() => host.Link().GetStatistics().Routes[0] is { Handled: 2, Failed: 2 }, "handled");
        await host.StopAsync();
        Assert.Equal(["drone 1.5", "drone 2"], host.Journal().Handled.Order());
        Assert.All(faults.Values, fault =>
        {
            Assert.Equal(FaultReason.HandlerFailed, fault.Reason);
            Assert.IsType<System.Text.Json.JsonException>(fault.Exception);
        });
    }

    [Fact]
    public async Task Each_handler_has_the_options_of_its_own_and_a_handler_can_be_registered_otherwise()
    {
        using var host = await StartAsync(
            link => link
                .AddHandler<NotingHandler>(MessageType.Data, route => route with { Name = "first", Concurrency = 1 })
                .AddHandler<NotingHandler>(MessageType.Data)
                .AddHandler<FailingHandler>(MessageType.Command),
            services => services.AddSingleton<NotingHandler>().AddSingleton<ScopeProbe>());

        await SendAsync(host, MessageType.Data, 4);

        await Deadline.Until(() => host.Journal().Handled.Count == 8, "handled twice each");
        Assert.Equal([("first", 4L), ("data", 4L), ("command", 0L)], host.Link().GetStatistics().Routes.Select(route => (route.Name, route.Handled)));
        await host.StopAsync();
        Assert.Equal(1, host.Journal().ScopesMade);
    }

    private static async Task<IHost> StartAsync(Action<ReactiveLinkBuilder> add, Action<IServiceCollection>? services = null)
    {
        var builder = TestHost.Builder();
        services?.Invoke(builder.Services);
        add(builder.Services.AddReactiveLink(configure: options => options.Listen = "127.0.0.1:0"));
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }

    private static async Task SendAsync(IHost host, MessageType type, int count)
    {
        await using var sender = TestHost.ClientOf(host.Link());
        for (var i = 0; i < count; i++)
        {
            await sender.SendAsync(i, type: type);
        }
    }
}
