using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using ReactiveLink.Hosting.Links;

namespace ReactiveLink.Hosting.Health;

/// <summary>
/// The health of a link: the worst of what its state, its silence and its loss say.
/// <list type="table">
/// <listheader><term>what</term><description>status</description></listheader>
/// <item><term>connected</term><description>healthy</description></item>
/// <item><term>connecting, reconnecting</term><description>degraded</description></item>
/// <item><term>closed, failed, could not be opened</term><description>the registration's failure status</description></item>
/// <item><term>nothing delivered for longer than allowed</term><description><see cref="LinkHealthOptions.SilenceStatus"/></description></item>
/// <item><term>more lost within the window than allowed</term><description><see cref="LinkHealthOptions.LossStatus"/></description></item>
/// </list>
/// </summary>
internal sealed class LinkHealthCheck(IServiceProvider services, string name) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var failure = context.Registration.FailureStatus;
        try
        {
            var options = services.GetRequiredService<IOptionsMonitor<LinkHealthOptions>>().Get(name);
            return Task.FromResult(Judge(services.GetRequiredKeyedService<HostedLink>(name).Health.Read(), options, failure));
        }
        catch (Exception exception) when (exception is LinkOpenException or OptionsValidationException or ObjectDisposedException)
        {
            return Task.FromResult(new HealthCheckResult(failure, "There is no link: " + exception.Message, exception));
        }
    }

    private HealthCheckResult Judge(in LinkHealthMonitor.Reading reading, LinkHealthOptions options, HealthStatus failure)
    {
        var status = HealthStatus.Healthy;
        List<string> reasons = [];
        void Blame(HealthStatus worse, string reason)
        {
            status = worse < status ? worse : status;
            reasons.Add(reason);
        }

        var state = reading.Statistics.State;
        if (state != ConnectionState.Connected)
        {
            Blame(state is ConnectionState.Connecting or ConnectionState.Reconnecting ? HealthStatus.Degraded : failure, $"the link is {state}");
        }

        if (options.MaximumSilence is { } allowed && reading.Silence > allowed)
        {
            Blame(options.SilenceStatus, string.Create(
                CultureInfo.InvariantCulture, $"nothing was delivered for {reading.Silence.TotalSeconds:0.#} s, {allowed.TotalSeconds:0.#} s are allowed"));
        }

        if (reading.Loss.Expected >= options.MinimumDatagrams && reading.Loss.Fraction > options.MaximumLoss)
        {
            Blame(options.LossStatus, string.Create(
                CultureInfo.InvariantCulture, $"{reading.Loss.Lost} of {reading.Loss.Expected} datagrams were lost, {options.MaximumLoss:P1} are allowed"));
        }

        return new HealthCheckResult(status, reasons.Count == 0 ? null : string.Join("; ", reasons), data: Data(reading));
    }

    private Dictionary<string, object> Data(in LinkHealthMonitor.Reading reading)
    {
        var statistics = reading.Statistics;
        return new(StringComparer.Ordinal)
        {
            ["link"] = LinkName.Short(name),
            ["state"] = statistics.State.ToString(),
            ["silence_seconds"] = reading.Silence.TotalSeconds,
            ["window_expected"] = reading.Loss.Expected,
            ["window_lost"] = reading.Loss.Lost,
            ["window_loss"] = reading.Loss.Fraction,
            ["received"] = statistics.Ledger.Received,
            ["delivered"] = statistics.Ledger.Delivered,
            ["dropped"] = statistics.Ledger.TotalDropped,
            ["faults"] = statistics.Faults.Values.Sum(),
            ["peers"] = statistics.Peers,
            ["send_queued"] = statistics.SendQueued,
        };
    }
}
