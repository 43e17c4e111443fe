using System.Reactive.Concurrency;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using ReactiveLink.Testing;

namespace ReactiveLink.Hosting.Tests.Health;

/// <summary>How healthy a link is as its network goes through good and bad times, in virtual time.</summary>
public sealed class LinkHealthTests : IDisposable
{
    private readonly HistoricalScheduler _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly VirtualNetwork _network;
    private readonly VirtualHost _host;
    private readonly UdpLink _drone;
    private ServiceProvider? _services;

    public LinkHealthTests()
    {
        _network = new VirtualNetwork(_time, seed: 1);
        _host = _network.AddHost("ground", "10.0.0.1");
        _drone = UdpLink.Over(_network.AddHost("drone", "10.0.0.2").Connect("ground:9000"));
    }

    public void Dispose()
    {
        _services?.Dispose();
        _drone.Dispose();
        _network.Dispose();
    }

    [Fact]
    public async Task A_quiet_link_is_healthy_unless_silence_is_limited()
    {
        Start();
        _time.AdvanceBy(TimeSpan.FromHours(1));

        var report = await CheckAsync();

        Assert.Equal((HealthStatus.Healthy, null), (report.Status, report.Description));
        Assert.Equal("ground", report.Data["link"]);
        Assert.Equal("Connected", report.Data["state"]);
        Assert.Equal(3600.0, report.Data["silence_seconds"]);
        Assert.Contains("reactivelink", report.Tags);
    }

    [Fact]
    public async Task Silence_begins_and_ends()
    {
        Start(options => options.MaximumSilence = TimeSpan.FromSeconds(10));
        Assert.Equal(HealthStatus.Healthy, (await CheckAsync()).Status);
        _time.AdvanceBy(TimeSpan.FromSeconds(11));
        var report = await CheckAsync();
        Assert.Equal((HealthStatus.Unhealthy, "nothing was delivered for 11 s, 10 s are allowed"), (report.Status, report.Description));

        Send(1);
        Assert.Equal(HealthStatus.Healthy, (await CheckAsync()).Status);

        _time.AdvanceBy(TimeSpan.FromSeconds(20));
        Assert.Equal(HealthStatus.Unhealthy, (await CheckAsync()).Status);
        Assert.InRange((double)(await CheckAsync()).Data["silence_seconds"], 19, 20);
    }

    [Fact]
    public async Task What_is_refused_ends_no_silence()
    {
        Start(options => options.MaximumSilence = TimeSpan.FromSeconds(10));
        _time.AdvanceBy(TimeSpan.FromSeconds(11));
        using var stranger = _network.AddHost("stranger", "10.0.0.3").Connect("ground:9000");
        stranger.Send("not a frame at all"u8);
        _time.AdvanceBy(TimeSpan.FromSeconds(1));

        var report = await CheckAsync();

        Assert.Equal(HealthStatus.Unhealthy, report.Status);
        Assert.Equal((1L, 0L, 1L), (report.Data["received"], report.Data["delivered"], report.Data["dropped"]));
    }

    [Fact]
    public async Task Loss_is_judged_over_the_window_and_is_forgotten_after_it()
    {
        Start(options =>
        {
            options.MaximumLoss = 0.1;
            options.LossWindow = TimeSpan.FromSeconds(30);
        });
        Send(1000);
        Lose(100);
        Send(100);

        // 100 of 1200.
        _time.AdvanceBy(TimeSpan.FromSeconds(1));
        var early = await CheckAsync();
        Assert.Equal(HealthStatus.Healthy, early.Status);
        _time.AdvanceBy(TimeSpan.FromSeconds(31));
        Assert.Equal(0L, (await CheckAsync()).Data["window_expected"]);

        Lose(50);
        Send(50);
        var report = await CheckAsync();
        Assert.Equal(HealthStatus.Degraded, report.Status);
        Assert.Equal("50 of 100 datagrams were lost, 10.0 % are allowed", report.Description);
        Assert.Equal((100L, 50L, 0.5), (report.Data["window_expected"], report.Data["window_lost"], report.Data["window_loss"]));

        _time.AdvanceBy(TimeSpan.FromSeconds(29));
        Assert.Equal(HealthStatus.Degraded, (await CheckAsync()).Status);
        _time.AdvanceBy(TimeSpan.FromSeconds(3));
        Assert.Equal(HealthStatus.Healthy, (await CheckAsync()).Status);
    }

    [Fact]
    public async Task Few_datagrams_say_nothing_of_loss_and_a_reset_forgets_it()
    {
        Start(options => options.MinimumDatagrams = 20);
        Send(1);
        Lose(9);
        Send(9);
        Assert.Equal(HealthStatus.Healthy, (await CheckAsync()).Status);
        Lose(20);
        Send(1);
        Assert.Equal(HealthStatus.Degraded, (await CheckAsync()).Status);

        Link.ResetStatistics();

        var report = await CheckAsync();
        Assert.Equal((HealthStatus.Healthy, 0L), (report.Status, report.Data["window_lost"]));
    }

    [Fact]
    public async Task The_state_tells_and_the_worst_counts()
    {
        Start(options =>
        {
            options.MaximumSilence = TimeSpan.FromSeconds(10);
            options.SilenceStatus = HealthStatus.Degraded;
        });
        _host.Crash();
        _time.AdvanceBy(TimeSpan.FromSeconds(1));
        var report = await CheckAsync();
        Assert.Equal((HealthStatus.Degraded, "the link is Reconnecting"), (report.Status, report.Description));
        _host.Restart();
        _time.AdvanceBy(TimeSpan.FromSeconds(8));
        Assert.Equal(HealthStatus.Healthy, (await CheckAsync()).Status);

        Link.Dispose();
        _time.AdvanceBy(TimeSpan.FromSeconds(5));

        report = await CheckAsync();
        Assert.Equal(HealthStatus.Unhealthy, report.Status);
        Assert.Equal("the link is Closed; nothing was delivered for 14 s, 10 s are allowed", report.Description);
    }

    [Fact]
    public async Task A_link_that_cannot_be_opened_is_not_healthy()
    {
        var services = new ServiceCollection().AddLogging();
        services.AddReactiveLink("ground", configure: options => options.Listen = "203.0.113.1:9");
        services.AddHealthChecks().AddReactiveLink("ground", failureStatus: HealthStatus.Degraded);
        _services = services.BuildServiceProvider();

        var report = await CheckAsync();

        Assert.Equal(HealthStatus.Degraded, report.Status);
        Assert.IsType<LinkOpenException>(report.Exception);
    }

    private UdpLink Link => _services!.GetRequiredKeyedService<UdpLink>("ground");

    private void Start(Action<LinkHealthOptions>? configure = null)
    {
        var services = new ServiceCollection().AddLogging();
        services.AddReactiveLink("ground").UseTransport(_ => _host.Listen("*:9000"));
        services.AddHealthChecks().AddReactiveLink("ground", configure);
        _services = services.BuildServiceProvider();
        Link.Start();
    }

    private void Send(int count)
    {
        for (var i = 0; i < count; i++)
        {
            Assert.True(_drone.SendAsync(i).IsCompletedSuccessfully);
        }

        _time.AdvanceBy(TimeSpan.FromMilliseconds(10));
    }

    private void Lose(int count)
    {
        var path = _network.Path("drone", "ground");
        path.IsDown = true;
        Send(count);
        path.IsDown = false;
    }

    private async Task<HealthReportEntry> CheckAsync()
    {
        var report = await _services!.GetRequiredService<HealthCheckService>().CheckHealthAsync();
        return report.Entries["reactivelink:ground"];
    }
}
