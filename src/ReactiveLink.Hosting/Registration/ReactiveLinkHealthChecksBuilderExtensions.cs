using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using ReactiveLink.Hosting;
using ReactiveLink.Hosting.Health;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the health of links.</summary>
public static class ReactiveLinkHealthChecksBuilderExtensions
{
    /// <summary>Adds the health of a link: its state, how long it has been silent, and what it lost within a window. The figures are in the result's data.</summary>
    /// <param name="builder">The health checks.</param>
    /// <param name="name">The link's name; null or empty for the default link.</param>
    /// <param name="configure">Changes the thresholds; those of the section <c>Health</c> of the link's section come before. Null for none.</param>
    /// <param name="failureStatus">The status of a link that is closed, failed or could not be opened; unhealthy unless set.</param>
    /// <param name="tags">Tags of the check, <c>reactivelink</c> besides.</param>
    /// <returns>The builder. The check is named <c>reactivelink</c>, and that of a named link <c>reactivelink:</c> and the name.</returns>
    public static IHealthChecksBuilder AddReactiveLink(
        this IHealthChecksBuilder builder,
        string? name = null,
        Action<LinkHealthOptions>? configure = null,
        HealthStatus? failureStatus = null,
        IEnumerable<string>? tags = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        name ??= "";
        builder.Services.TryAddKeyedSingleton<LinkHealthMark>(name);
        if (configure is not null)
        {
            builder.Services.Configure(name, configure);
        }

        return builder.Add(new HealthCheckRegistration(
            name.Length == 0 ? "reactivelink" : "reactivelink:" + name,
            provider => new LinkHealthCheck(provider, name),
            failureStatus,
            ["reactivelink", .. tags ?? []]));
    }
}
