using System.Reactive.Concurrency;
using System.Reactive.Linq;
using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using ReactiveLink.Hosting;
using ReactiveLink.Testing;

namespace ReactiveLink.Docs.Tests;

/// <summary>The examples of the hosting package, in real hosts.</summary>
public sealed class HostingSnippets
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task A_host()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection([new("Ground:Listen", "127.0.0.1:0"), new("Ground:Source", "ground")]);
        builder.Services.AddSingleton<Motor>();
        builder.Services.AddHostedService<Watch>();

        #region hosting
        builder.Services
            .AddReactiveLink("ground", builder.Configuration.GetSection("Ground")) // endpoint, frame, bounds: checked at start, every error at once
            .AddHandler<CommandHandler>(MessageType.Command);                      // made for each message, in a scope of its own

        builder.Services.AddHealthChecks()
            .AddReactiveLink("ground", health => health.MaximumSilence = TimeSpan.FromSeconds(10));
        #endregion

        using var host = builder.Build();
        await host.StartAsync();
        var link = host.Services.GetRequiredKeyedService<UdpLink>("ground");
        await using (var sender = UdpLink.Connect(link.LocalEndpoint.ToString()))
        {
            await sender.SendAsync(new Command("stop"), type: MessageType.Command);
        }

        var motor = host.Services.GetRequiredService<Motor>();
        await motor.Applied.Task.WaitAsync(Deadline);
        var report = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync();
        Assert.Equal(HealthStatus.Healthy, report.Status);
        await host.StopAsync();
        Assert.Equal("stop", motor.Last);
    }

    [Fact]
    public async Task Options_by_code()
    {
        var services = new ServiceCollection();
        services.AddSingleton<Motor>();

        #region hosting-code
        services
            .AddReactiveLink(configure: options =>
            {
                options.Listen = "127.0.0.1:0";
                options.Link = options.Link with { Frame = FrameFormat.Sequenced, Source = "ground" };
            })
            .AddHandler<CommandHandler>(MessageType.Command, route => route with { Concurrency = 1, Timeout = TimeSpan.FromSeconds(1) })
            .AddHandler<AttitudeHandler, Attitude>(MessageType.Data);
        #endregion

        await using var provider = services.BuildServiceProvider();
        Assert.Equal(["command", "data"], provider.GetRequiredService<UdpLink>().GetStatistics().Routes.Select(route => route.Name));
    }

    [Fact]
    public async Task Telemetry_of_the_telemetry()
    {
        #region hosting-telemetry
        using var meters = Sdk.CreateMeterProviderBuilder().AddMeter("ReactiveLink").Build();
        using var traces = Sdk.CreateTracerProviderBuilder().AddSource("ReactiveLink").Build();
        #endregion

        await using var link = UdpLink.Open("127.0.0.1:0");
        Assert.True(meters.ForceFlush());
        Assert.True(traces.ForceFlush());
    }

    [Fact]
    public async Task A_time_of_its_own()
    {
        var time = TimeProvider.System;

        #region hosting-time
        IScheduler scheduler = time.ToScheduler();
        using var ticks = Observable.Interval(TimeSpan.FromMilliseconds(10), scheduler).Subscribe(Console.WriteLine);
        #endregion

        await Observable.Timer(TimeSpan.FromMilliseconds(20), scheduler);
    }

    [Fact]
    public async Task In_virtual_time()
    {
        var services = new ServiceCollection();
        services.AddSingleton<Motor>();

        #region hosting-virtual
        var scheduler = new HistoricalScheduler();
        using var network = new VirtualNetwork(scheduler);
        var ground = network.AddHost("ground", "10.0.0.1");

        services
            .AddReactiveLink("ground")
            .UseTransport(_ => ground.Listen("*:9000"))
            .AddHandler<CommandHandler>(MessageType.Command);
        #endregion

        await using var provider = services.BuildServiceProvider();
        var link = provider.GetRequiredKeyedService<UdpLink>("ground");
        link.Start();
        using var drone = UdpLink.Over(network.AddHost("drone", "10.0.0.2").Connect("ground:9000"));
        await drone.SendAsync(new Command("up"), type: MessageType.Command);
        scheduler.AdvanceBy(TimeSpan.FromSeconds(1));
        Assert.Equal("up", provider.GetRequiredService<Motor>().Last);
    }

    [Fact]
    public void The_tables_name_every_setting()
    {
        var readme = File.ReadAllText(Path.Combine(SnippetTests.Root, "src", "ReactiveLink.Hosting", "README.md"));
        string[] notText = ["LoggerFactory", "Scheduler", "LatestKey", "Local", "Remote", "Crc", "Sequence", "Compression", "Sequencing", "Transport"];
        Type[] options = [typeof(HostedLinkOptions), typeof(LinkOptions), typeof(UdpTransportOptions), typeof(SequenceOptions), typeof(RouteOptions), typeof(HeartbeatOptions), typeof(FrameFormat), typeof(LinkHealthOptions)];
        var names = options
            .SelectMany(type => type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
            .Where(property => property.CanWrite && property.PropertyType != typeof(LinkOptions))
            .Select(property => property.Name)
            .Except(notText, StringComparer.Ordinal);

        Assert.All(names, name => Assert.Contains($"`{name}`", readme, StringComparison.Ordinal));
    }
}
