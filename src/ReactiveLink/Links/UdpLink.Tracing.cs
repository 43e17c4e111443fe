using System.Text.Json.Serialization.Metadata;
using ReactiveLink.Diagnostics;
using ReactiveLink.Links;

namespace ReactiveLink;

/// <content>Sending with a span around it, while spans are listened to.</content>
public sealed partial class UdpLink
{
    private async ValueTask SendValueTraced<T>(
        Envelope envelope, T data, JsonTypeInfo<T>? typeInfo, UdpEndpoint? to, CancellationToken cancellationToken)
    {
        using var span = SendTracing.Start(envelope.Type, to ?? RemoteEndpoint, messages: 1);
        try
        {
            var buffer = Encode(envelope.In(span), data, typeInfo);
            await _sender.SendAsync(buffer, to, envelope.Priority, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            Tracing.Failed(span, exception);
            throw;
        }
    }

    private async ValueTask SendEncodedTraced(MessageMetadata metadata, ReadOnlyMemory<byte> data, UdpEndpoint? to, CancellationToken cancellationToken)
    {
        using var span = SendTracing.Start(metadata.Type, to ?? RemoteEndpoint, messages: 1);
        try
        {
            if (metadata.TraceParent is null)
            {
                var (parent, state) = SendTracing.ContextOf(span);
                metadata = metadata with { TraceParent = parent, TraceState = state };
            }

            await SendEncoded(metadata, data.Span, to, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            Tracing.Failed(span, exception);
            throw;
        }
    }

    private async ValueTask SendBatchTraced<T>(
        IReadOnlyList<T> data, JsonTypeInfo<T>? typeInfo, Envelope envelope, UdpEndpoint? to, CancellationToken cancellationToken)
    {
        using var span = SendTracing.Start(envelope.Type, to ?? RemoteEndpoint, data.Count);
        try
        {
            await SendBatch(data, typeInfo, envelope.In(span), to, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            Tracing.Failed(span, exception);
            throw;
        }
    }
}
