using System.Diagnostics;
using ReactiveLink.Diagnostics;
using ReactiveLink.Messages;

namespace ReactiveLink.Routing;

/// <summary>
/// A span for each message that a handler gets, while somebody listens to the <see cref="ActivitySource"/>; else nothing is allocated. Names and attributes by
/// OpenTelemetry's semantic conventions for messaging.
/// </summary>
internal static class HandlerTracing
{
    /// <summary>The handler with spans around it; the handler itself where items are no messages.</summary>
    public static Func<T, CancellationToken, ValueTask> Of<T>(Func<T, CancellationToken, ValueTask> handler, string name)
    {
        if (!typeof(IHasPeer).IsAssignableFrom(typeof(T)))
        {
            return handler;
        }

        var span = "process " + name;
        return (item, cancel) => Tracing.Source.HasListeners() && item is IHasPeer { Envelope: { } message }
            ? HandleTraced(handler, item, message, span, cancel)
            : handler(item, cancel);
    }

    private static async ValueTask HandleTraced<T>(
        Func<T, CancellationToken, ValueTask> handler, T item, Message message, string span, CancellationToken cancel)
    {
        // Only for this call: what happens to be current on the thread is not the message's trace.
        Activity.Current = null;
        var metadata = message.Metadata;
        var parent = TraceContext.TryParse(metadata.TraceParent, metadata.TraceState, out var context) ? context : default;
        using var activity = Tracing.Source.StartActivity(span, ActivityKind.Consumer, parent);
        if (activity is { IsAllDataRequested: true })
        {
            Describe(activity, message);
        }

        try
        {
            await handler(item, cancel).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            Tracing.Failed(activity, exception);
            throw;
        }

        if (cancel.IsCancellationRequested)
        {
            // By its timeout, or the end of its link.
            activity?.SetTag("error.type", "cancelled").SetStatus(ActivityStatusCode.Error, "The handler was cancelled.");
        }
    }

    private static void Describe(Activity activity, Message message)
    {
        var metadata = message.Metadata;
        Tracing.Describe(activity, "process", metadata.Type.Name);
        Tracing.DescribePeer(activity, message.Peer);
        activity.SetTag("messaging.message.body.size", message.Data.Length);
        if (metadata.Id.Length != 0)
        {
            activity.SetTag("messaging.message.id", metadata.Id);
        }

        if (metadata.CorrelationId is not null)
        {
            activity.SetTag("messaging.message.conversation_id", metadata.CorrelationId);
        }
    }
}
