using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ReactiveLink.Hosting;

/// <summary>When a link is not healthy.</summary>
public sealed class LinkHealthOptions
{
    /// <summary>How long a link may deliver nothing, counted from its opening before the first datagram; above zero. Default null: it is not judged, for a link may only send.</summary>
    public TimeSpan? MaximumSilence { get; set; }

    /// <summary>The status of a link that is silent for longer. Default: <see cref="HealthStatus.Unhealthy"/>.</summary>
    public HealthStatus SilenceStatus { get; set; } = HealthStatus.Unhealthy;

    /// <summary>
    /// The share of datagrams that may be lost within <see cref="LossWindow"/>, 0 to 1. Default 0.05. Lost are the numbers missing and not come since (RFC 3550, A.3: lost of expected, over all peers).
    /// </summary>
    public double MaximumLoss { get; set; } = 0.05;

    /// <summary>The status of a link that loses more. Default: <see cref="HealthStatus.Degraded"/>.</summary>
    public HealthStatus LossStatus { get; set; } = HealthStatus.Degraded;

    /// <summary>The time over which loss is judged, 1 s to 1 day. Default 1 minute. It moves on in steps of the link's <see cref="LinkOptions.StatisticsInterval"/>, or a sixtieth of its own length if that is longer.</summary>
    public TimeSpan LossWindow { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Fewer datagrams expected within the window say nothing of loss, at least 1. Default 20.</summary>
    public int MinimumDatagrams { get; set; } = 20;

    internal List<string> Errors { get; } = [];

    internal IEnumerable<string> FindErrors()
    {
        foreach (var error in Errors)
        {
            yield return error;
        }

        if (MaximumSilence <= TimeSpan.Zero)
        {
            yield return $"MaximumSilence is {MaximumSilence}; set it above zero, or leave it out.";
        }

        if (MaximumLoss is not (>= 0 and <= 1))
        {
            yield return FormattableString.Invariant($"MaximumLoss is {MaximumLoss}; set it from 0 to 1.");
        }

        if (LossWindow < TimeSpan.FromSeconds(1) || LossWindow > TimeSpan.FromDays(1))
        {
            yield return $"LossWindow is {LossWindow}; set it from 1 s to 1 day.";
        }

        if (MinimumDatagrams < 1)
        {
            yield return FormattableString.Invariant($"MinimumDatagrams is {MinimumDatagrams}; set it to at least 1.");
        }

        if (!Enum.IsDefined(SilenceStatus) || !Enum.IsDefined(LossStatus))
        {
            yield return "SilenceStatus and LossStatus must be members of HealthStatus.";
        }
    }
}
