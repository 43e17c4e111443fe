using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ReactiveLink.Hosting.Links;

/// <summary>
/// Opens the links when the host starts, lets them receive when all hosted services have started, and drains them when it stops.
/// </summary>
internal sealed class HostedLinkService(IEnumerable<LinkName> names, IServiceProvider services) : IHostedLifecycleService
{
    private readonly List<HostedLink> _links = [];

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var name in names)
        {
            _links.Add(services.GetRequiredKeyedService<HostedLink>(name.Name));
        }

        return Task.CompletedTask;
    }

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        foreach (var link in _links)
        {
            link.Link.Start();
        }

        return Task.CompletedTask;
    }

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.WhenAll(_links.Select(link => link.StopAsync(cancellationToken)));

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
