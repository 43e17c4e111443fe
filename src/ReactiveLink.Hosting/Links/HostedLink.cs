using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using ReactiveLink.Hosting.Health;
using ReactiveLink.Hosting.Settings;

namespace ReactiveLink.Hosting.Links;

/// <summary>A link of the host: opened with its handlers when it is first asked for, started and drained by the host.</summary>
internal sealed class HostedLink : IDisposable, IAsyncDisposable
{
    private readonly string _name;
    private readonly ILogger _logger;
    private readonly LinkHealthMonitor? _health;

    private HostedLink(string name, UdpLink link, LinkHealthMonitor? health, ILogger logger)
    {
        _name = LinkName.Short(name);
        Link = link;
        _health = health;
        _logger = logger;
    }

    public UdpLink Link { get; }

    public LinkHealthMonitor Health =>
        _health ?? throw new InvalidOperationException("There is no health check of this link; add it by AddHealthChecks().AddReactiveLink().");

    /// <exception cref="OptionsValidationException">The options of a link are not valid; all errors are listed.</exception>
    /// <exception cref="AggregateException">Those of several links are not valid: one such exception for each.</exception>
    /// <exception cref="LinkOpenException">The socket could not be bound.</exception>
    public static HostedLink Open(IServiceProvider services, string name)
    {
        AllLinksValidation.Validate(services);
        var options = services.GetRequiredService<IOptionsMonitor<HostedLinkOptions>>().Get(name);
        var loggers = services.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance;
        var logger = loggers.CreateLogger("ReactiveLink.Hosting");
        var linkOptions = WithServices(options.Link, services, loggers);
        IDatagramTransport? transport = null;
        UdpLink? link = null;
        try
        {
            transport = options.Transport?.Invoke(services);
            link = options.Transport is null ? OpenLink(options, linkOptions) : UdpLink.Over(transport!, linkOptions);
            AddHandlers(link, options, services);
            var monitor = services.GetKeyedService<LinkHealthMark>(name) is null
                ? null
                : new LinkHealthMonitor(
                    link, services.GetRequiredService<IOptionsMonitor<LinkHealthOptions>>().Get(name), transport?.Scheduler ?? linkOptions.Transport.Scheduler);
            Log.Opened(logger, LinkName.Short(name), link.LocalEndpoint, options.Handlers.Count);
            return new HostedLink(name, link, monitor, logger);
        }
        catch (Exception exception)
        {
            ((IDisposable?)link ?? transport)?.Dispose();
            Log.NotOpened(logger, exception, LinkName.Short(name), options.Listen ?? options.Connect);
            throw;
        }
    }

    /// <summary>Drains the link, as long as the token lets it, and closes it.</summary>
    public async Task StopAsync(CancellationToken timeIsUp)
    {
        Log.Draining(_logger, _name);
        var drained = await Link.DrainAsync(timeIsUp).ConfigureAwait(false);
        if (drained)
        {
            Log.Drained(_logger, _name);
        }
        else
        {
            var statistics = Link.GetStatistics();
            Log.CutOff(_logger, _name, statistics.CountOf(FaultReason.Draining), statistics.Routes.Sum(route => route.Overdue), statistics.SendQueued);
        }

        await DisposeAsync().ConfigureAwait(false);
    }

    public void Dispose()
    {
        _health?.Dispose();
        Link.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        _health?.Dispose();
        await Link.DisposeAsync().ConfigureAwait(false);
    }

    private static void AddHandlers(UdpLink link, HostedLinkOptions options, IServiceProvider services)
    {
        var scopes = services.GetRequiredService<IServiceScopeFactory>();
        foreach (var handler in options.Handlers)
        {
            link.Handle(handler.Type, handler.In(scopes), options.RouteOf(handler, []));
        }
    }

    private static LinkOptions WithServices(LinkOptions options, IServiceProvider services, ILoggerFactory loggers)
    {
        var time = services.GetService<TimeProvider>() ?? TimeProvider.System;
        var isDefault = ReferenceEquals(options.Transport.Scheduler, new UdpTransportOptions().Scheduler);
        return options with
        {
            LoggerFactory = options.LoggerFactory ?? loggers,
            Transport = options.Transport with
            {
                Scheduler = time == TimeProvider.System || !isDefault ? options.Transport.Scheduler : time.ToScheduler(),
            },
        };
    }

    private static UdpLink OpenLink(HostedLinkOptions options, LinkOptions link)
    {
        if (options.Connect is null)
        {
            return UdpLink.Open(options.Listen!, _ => link);
        }

        var local = options.Listen is null ? null : EndpointText.Parse(options.Listen);
        return UdpLink.Connect(options.Connect, _ => link with { Transport = link.Transport with { Local = local } });
    }
}
