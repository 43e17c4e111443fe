using System.Runtime.ExceptionServices;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ReactiveLink.Hosting.Settings;

/// <summary>
/// Checks the options of all links before the first one is opened. The host does so too, but makes the hosted services before: one whose constructor takes a link would meet
/// the errors of that link alone.
/// </summary>
internal static class AllLinksValidation
{
    /// <exception cref="OptionsValidationException">The options of one link are not valid.</exception>
    /// <exception cref="AggregateException">Several are not: as the host tells it.</exception>
    public static void Validate(IServiceProvider services)
    {
        var links = services.GetRequiredService<IOptionsMonitor<HostedLinkOptions>>();
        var health = services.GetRequiredService<IOptionsMonitor<LinkHealthOptions>>();
        var errors = new List<OptionsValidationException>();
        foreach (var name in services.GetServices<LinkName>())
        {
            Collect(() => links.Get(name.Name), errors);
            Collect(() => health.Get(name.Name), errors);
        }

        if (errors.Count == 1)
        {
            ExceptionDispatchInfo.Throw(errors[0]);
        }

        if (errors.Count > 1)
        {
            throw new AggregateException(errors);
        }
    }

    private static void Collect(Action get, List<OptionsValidationException> errors)
    {
        try
        {
            get();
        }
        catch (OptionsValidationException exception)
        {
            errors.Add(exception);
        }
    }
}
