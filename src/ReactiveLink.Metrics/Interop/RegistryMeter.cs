using System.Diagnostics.Metrics;
using ReactiveLink.Metrics.Interop;

namespace ReactiveLink.Metrics;

/// <summary>A registry's metrics as instruments, for OpenTelemetry, dotnet-counters and whoever listens.</summary>
public static class RegistryMeter
{
    /// <summary>
    /// Publishes the metrics of a registry as observable instruments, those that are registered later too. They are read when they are collected.
    /// <list type="table">
    /// <listheader><term>what</term><description>instruments</description></listheader>
    /// <item><term>a counter</term><description>a counter <c>name</c></description></item>
    /// <item><term>a gauge</term><description>a gauge <c>name</c></description></item>
    /// <item><term>a rate</term><description>a gauge <c>name</c>, its unit per second</description></item>
    /// <item><term>a histogram or timer</term><description>a counter <c>name.count</c>, an up-down counter <c>name.sum</c>, and a gauge <c>name.quantile</c> with the tag <c>quantile</c> (0.5, 0.9, 0.95, 0.99, over the retention; a tag of that name of its own becomes <c>quantile_2</c>)</description></item>
    /// <item><term>metrics of one name and type</term><description>the same instruments, told apart by their tags; unit and description are the first one's</description></item>
    /// <item><term>a metric is unregistered</term><description>it is not shown any more; with the last of its name and type the instruments go</description></item>
    /// <item><term>a value that there is not yet (NaN)</term><description>is not shown</description></item>
    /// <item><term>a listener throws</term><description><see cref="MetricRegistry.Errors"/>; the others go on</description></item>
    /// <item><term>disposed, or the registry is</term><description>all instruments go</description></item>
    /// </list>
    /// </summary>
    /// <remarks>An instrument cannot be taken out of a meter, so each name and type has a meter of its own; they differ in nothing else.</remarks>
    /// <param name="registry">The registry.</param>
    /// <param name="meter">Name, version, tags and scope of the meters.</param>
    /// <returns>Dispose it to take the instruments back.</returns>
    public static IDisposable PublishTo(this MetricRegistry registry, MeterOptions meter)
    {
        ArgumentNullException.ThrowIfNull(registry);
        ArgumentNullException.ThrowIfNull(meter);
        var publication = new RegistryPublication(registry, meter);
        publication.Start();
        return publication;
    }
}
