using System.Diagnostics;
using ReactiveLink.Diagnostics;
using ReactiveLink.Messages;

namespace ReactiveLink.Links;

/// <summary>A span for each send while somebody listens to the <see cref="ActivitySource"/>, and what goes into the envelope of it.</summary>
internal static class SendTracing
{
    /// <summary>Whether somebody listens. If not, nothing goes into envelopes, and a send allocates nothing for it.</summary>
    public static bool IsOn => Tracing.Source.HasListeners();

    /// <summary>Starts a span that the current one is the parent of; null where it is not sampled.</summary>
    public static Activity? Start(MessageType type, UdpEndpoint? peer, int messages)
    {
        var activity = Tracing.Source.StartActivity("send " + type.Name, ActivityKind.Producer);
        if (activity is { IsAllDataRequested: true })
        {
            Tracing.Describe(activity, "send", type.Name);
            if (peer is not null)
            {
                Tracing.DescribePeer(activity, peer);
            }

            if (messages != 1)
            {
                activity.SetTag("messaging.batch.message_count", messages);
            }
        }

        return activity;
    }

    /// <summary>The context that an envelope carries: of the span, or of the one around it where that was not sampled.</summary>
    public static (string? Parent, string? State) ContextOf(Activity? activity)
    {
        activity ??= Activity.Current;
        if (activity is not { IdFormat: ActivityIdFormat.W3C, Id: { } parent })
        {
            return default;
        }

        var state = activity.TraceStateString;
        return (parent, TraceContext.IsState(state) ? state : null);
    }
}
