using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using ReactiveLink.Hosting.Tests.Support;

namespace ReactiveLink.Hosting.Tests.Settings;

/// <summary>What a link's section says, and what is said of one that is wrong.</summary>
public sealed class ConfigurationTests
{
    private static readonly string[] WithoutText =
    [
        "Link", "LoggerFactory", "Scheduler", "LatestKey", "Local", "Remote", "SendQueueCapacity of UdpTransportOptions", "Crc", "Sequence", "Compression",
    ];

    [Fact]
    public void Every_kind_of_setting_is_read()
    {
        var options = Read(
            ("Link:Listen", "0.0.0.0:9000"), ("Link:Connect", "udp://plant.example:9001"), ("Link:Frame", "seq-zlib"), ("Link:MaximumDecompressedSize", "1000"),
            ("Link:Codec", "text"), ("Link:Source", "ground"), ("Link:InitialSequence", "4294967295"), ("Link:SendQueueCapacity", "7"), ("Link:AutoStart", "true"),
            ("Link:StatisticsInterval", "00:00:00.25"), ("Link:Sequencing:MaximumPeers", "100"), ("Link:sequencing:peeridleexpiry", "1.00:00:00"),
            ("Link:Transport:ReceiveBufferSize", "65536"), ("Link:Transport:DualStack", "false"), ("Link:Transport:Engine", "portable"),
            ("Link:Transport:MulticastGroups:0", "239.1.2.3@eth0"), ("Link:Transport:MulticastGroups:1", "239.9.9.9"),
            ("Link:Routes:Capacity", "50"), ("Link:Routes:Timeout", "infinite"), ("Link:Routes:Overflow", "LatestPerKey"));

        Assert.Equal(("0.0.0.0:9000", "udp://plant.example:9001"), (options.Listen, options.Connect));
        var link = options.Link;
        Assert.Equal(FrameFormat.SequencedZlib with { MaximumDecompressedSize = 1000 }, link.Frame);
        Assert.Same(MessageCodecs.Text, link.Codec);
        Assert.Equal(("ground", uint.MaxValue, 7, true), (link.Source, link.InitialSequence, link.SendQueueCapacity, link.AutoStart));
        Assert.Equal(TimeSpan.FromMilliseconds(250), link.StatisticsInterval);
        Assert.Equal(new SequenceOptions { MaximumPeers = 100, PeerIdleExpiry = TimeSpan.FromDays(1) }, link.Sequencing);
        Assert.Equal((65_536, false, SocketEngine.Portable), (link.Transport.ReceiveBufferSize, link.Transport.DualStack, link.Transport.Engine));
        Assert.Equal(["239.1.2.3@eth0", "239.9.9.9"], link.Transport.MulticastGroups.Select(group => group.ToString()));
        Assert.Equal((50, Timeout.InfiniteTimeSpan, OverflowPolicy.LatestPerKey), (link.Routes.Capacity, link.Routes.Timeout, link.Routes.Overflow));
    }

    [Fact]
    public void An_empty_section_leaves_the_defaults()
    {
        var options = Read(("Link:Listen", ":0"));

        Assert.Equal(new LinkOptions { AutoStart = false } with { Transport = options.Link.Transport, Routes = options.Link.Routes }, options.Link);
        Assert.Equal(new RouteOptions(), options.Link.Routes with { LatestKey = new RouteOptions().LatestKey });
        Assert.Equal(new UdpTransportOptions(), options.Link.Transport);
    }

    [Theory]
    [InlineData("Link:Heartbeat", "true", 1.0)]
    [InlineData("Link:Heartbeat", "false", null)]
    [InlineData("Link:Heartbeat:Interval", "00:00:02", 2.0)]
    public void Heartbeats_are_on_where_there_is_a_section_or_true(string key, string value, double? interval) =>
        Assert.Equal(interval, Read(("Link:Listen", ":0"), (key, value)).Link.Heartbeat?.Interval.TotalSeconds);

    [Fact]
    public void The_last_word_counts_whether_of_code_or_configuration()
    {
        var first = Configuration(("A:Listen", ":1"), ("A:Source", "first"), ("A:ReceiveCapacity", "1"), ("A:Routes:Capacity", "11"));
        var second = Configuration(("B:Source", "second"), ("B:Handlers:data:Concurrency", "3"));
        var services = new ServiceCollection();
        var builder = services
            .AddReactiveLink("x", first.GetSection("A"), options => options.Link = options.Link with { ReceiveCapacity = 2, SendQueueCapacity = 2 })
            .AddHandler<NotingHandler>(MessageType.Data, route => route with { Concurrency = route.Concurrency + 1 });
        services.AddReactiveLink("x", second.GetSection("B"));
        builder.Configure(options => options.Link = options.Link with { SendQueueCapacity = 3 });
        using var provider = services.BuildServiceProvider();

        var options = provider.GetRequiredService<IOptionsMonitor<HostedLinkOptions>>().Get("x");

        Assert.Equal((":1", "second", 2, 3), (options.Listen, options.Link.Source, options.Link.ReceiveCapacity, options.Link.SendQueueCapacity));
        var route = options.RouteOf(Assert.Single(options.Handlers), []);
        Assert.Equal((11, 4), (route.Capacity, route.Concurrency));
    }

    [Fact]
    public async Task A_host_with_wrong_links_does_not_start_and_lists_every_error_of_all_of_them()
    {
        var builder = TestHost.Builder(
            log: null,
            ("One:Listen", "nowhere:port"), ("One:Frame", "sec"), ("One:Prot", "1"), ("One:StatisticsInterval", "5"), ("One:Transport:ReceiveBufferSize", "many"),
            ("One:Transport:ReciveBufferSize", "1"), ("One:Transport:MulticastGroups:0", "10.0.0.1"), ("One:Sequencing", "yes"), ("One:SendQueueCapacity", "0"),
            ("One:Sequencing:Probation", "0"), ("One:Codec:Name", "json"), ("One:Handlers:data:Overflow", "0"), ("One:Handlers:status:Capacity", "1"),
            ("One:Handlers:data:Capacity", "0"), ("One:Health:MaximumLoss", "2"), ("One:Health:MaximumSilence", "soon"), ("One:Health:Los", "1"));
        builder.Services.AddReactiveLink("one", builder.Configuration.GetSection("One")).AddHandler<NotingHandler>(MessageType.Data);
        builder.Services.AddReactiveLink();
        using var host = builder.Build();

        var error = await Assert.ThrowsAsync<AggregateException>(() => host.StartAsync());

        var failures = error.Flatten().InnerExceptions.Cast<OptionsValidationException>().SelectMany(e => e.Failures).ToList();
        string[] expected =
        [
            "Link 'one': One:Frame: There is no frame format \"sec\"",
            "Link 'one': One:Codec is a section; write one value.",
            "Link 'one': One:Sequencing is 'yes'; write a section",
            "Link 'one': One:Transport:MulticastGroups:0: '10.0.0.1' is not a multicast group",
            "Link 'one': One:Transport:ReceiveBufferSize is 'many'; write a whole number.",
            "Link 'one': One:Transport:ReciveBufferSize is not a setting of a transport; there are ",
            "Link 'one': One:StatisticsInterval is '5'; write a time as hours:minutes:seconds",
            "Link 'one': One:Prot is not a setting of a link; there are ",
            "Link 'one': Listen: ",
            "Link 'one': The link's options are not valid: SendQueueCapacity must be from 1 to 1048576.",
            "Link 'one': The handler of 'data': The handler's options are not valid. Capacity is 0",
            "Link 'one': One:Handlers:data:Overflow is '0'; write one of DropNewest, DropOldest, LatestPerKey.",
            "Link 'one': One:Handlers:status is of no handler; there are handlers of data.",
            "Link 'one', health: One:Health:MaximumSilence is 'soon'; write a time",
            "Link 'one', health: One:Health:Los is not a setting of a health check; there are ",
            "Link 'one', health: MaximumLoss is 2; set it from 0 to 1.",
            "The default link: Neither Listen nor Connect is set; set Listen to receive, Connect to be a client of one remote endpoint.",
        ];
        Assert.All(expected, start => Assert.Contains(failures, failure => failure.StartsWith(start, StringComparison.Ordinal)));
        Assert.Equal(expected.Length, failures.Count);
    }

    [Fact]
    public async Task A_service_that_takes_a_link_in_its_constructor_does_not_hide_the_errors_of_the_other_links()
    {
        var builder = TestHost.Builder(
            log: null, ("One:Listen", "127.0.0.1:99999"), ("One:Health:MaximumLoss", "2"), ("Two:Listen", "127.0.0.1:0"), ("Two:Codec", "xml"));
        builder.Services.AddReactiveLink("one", builder.Configuration.GetSection("One"));
        builder.Services.AddReactiveLink("two", builder.Configuration.GetSection("Two"));
        builder.Services.AddSingleton<IHostedService>(provider =>
            throw new InvalidOperationException($"{provider.GetRequiredKeyedService<UdpLink>("one").LocalEndpoint} was opened"));
        using var host = builder.Build();

        var error = await Assert.ThrowsAsync<AggregateException>(() => host.StartAsync());

        Assert.Equal(["Link 'one'", "Link 'one', health", "Link 'two'"], error.InnerExceptions.Select(inner => inner.Message.Split(':')[0]));
    }

    [Fact]
    public void Endpoints_and_a_transport_exclude_each_other_and_functions_must_return_something()
    {
        var services = new ServiceCollection();
        services
            .AddReactiveLink(configure: options => options.Listen = ":0")
            .UseTransport(_ => throw new NotSupportedException())
            .AddHandler<NotingHandler>(MessageType.Data, _ => null!);
        services.AddReactiveLink("null", configure: options => options.Link = null!);
        using var provider = services.BuildServiceProvider();
        var monitor = provider.GetRequiredService<IOptionsMonitor<HostedLinkOptions>>();

        var error = Assert.Throws<OptionsValidationException>(() => monitor.Get(""));
        Assert.Contains("There are an endpoint and a transport of your own; leave one out.", error.Message, StringComparison.Ordinal);
        Assert.Contains("The handler of 'data': The function given for its route options returned null", error.Message, StringComparison.Ordinal);
        Assert.Contains("Link is null", Assert.Throws<OptionsValidationException>(() => monitor.Get("null")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Health_thresholds_are_read()
    {
        var configuration = Configuration(
            ("Link:Listen", ":0"), ("Link:Health:MaximumSilence", "00:00:10"), ("Link:Health:MaximumLoss", "0.25"), ("Link:Health:LossStatus", "Unhealthy"),
            ("Link:Health:LossWindow", "00:05:00"), ("Link:Health:MinimumDatagrams", "5"), ("Link:Health:SilenceStatus", "Degraded"));
        var services = new ServiceCollection();
        services.AddReactiveLink("x", configuration.GetSection("Link"));
        services.AddHealthChecks().AddReactiveLink("x", options => options.MinimumDatagrams++);
        using var provider = services.BuildServiceProvider();

        var options = provider.GetRequiredService<IOptionsMonitor<LinkHealthOptions>>().Get("x");

        Assert.Equal((TimeSpan.FromSeconds(10), 0.25, TimeSpan.FromMinutes(5), 6), (options.MaximumSilence, options.MaximumLoss, options.LossWindow, options.MinimumDatagrams));
        Assert.Equal((HealthStatus.Degraded, HealthStatus.Unhealthy), (options.SilenceStatus, options.LossStatus));
    }

    [Theory]
    [InlineData("", typeof(LinkOptions), "a link")]
    [InlineData("Transport:", typeof(UdpTransportOptions), "a transport")]
    [InlineData("Sequencing:", typeof(SequenceOptions), "sequencing")]
    [InlineData("Routes:", typeof(RouteOptions), "routes")]
    [InlineData("Heartbeat:", typeof(HeartbeatOptions), "heartbeats")]
    [InlineData("Health:", typeof(LinkHealthOptions), "a health check")]
    public void Every_option_that_can_be_text_is_a_key(string path, Type options, string what)
    {
        var services = new ServiceCollection();
        services.AddReactiveLink(Configuration(("Link:Listen", ":0"), ($"Link:{path}unknown", "1")).GetSection("Link"));
        using var provider = services.BuildServiceProvider();
        var error = path == "Health:"
            ? Assert.Throws<OptionsValidationException>(() => provider.GetRequiredService<IOptionsMonitor<LinkHealthOptions>>().Get(""))
            : Assert.Throws<OptionsValidationException>(() => provider.GetRequiredService<IOptionsMonitor<HostedLinkOptions>>().Get(""));
        var start = $"Link:{path}unknown is not a setting of {what}; there are ";
        var message = Assert.Single(error.Failures);
        var keys = message[(message.IndexOf(start, StringComparison.Ordinal) + start.Length)..].TrimEnd('.').Split(", ");

        var names = options.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.CanWrite && !WithoutText.Contains(property.Name) && !WithoutText.Contains($"{property.Name} of {options.Name}"))
            .Select(property => property.Name);
        Assert.Empty(names.Except(keys));
    }

    private static HostedLinkOptions Read(params (string Key, string? Value)[] settings)
    {
        var services = new ServiceCollection();
        services.AddReactiveLink(Configuration(settings).GetSection("Link"));
        using var provider = services.BuildServiceProvider();
        return provider.GetRequiredService<IOptionsMonitor<HostedLinkOptions>>().Get("");
    }

    private static IConfiguration Configuration(params (string Key, string? Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(pair => KeyValuePair.Create(pair.Key, pair.Value))).Build();
}
