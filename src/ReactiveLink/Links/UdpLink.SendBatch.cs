using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Text.Json.Serialization.Metadata;
using ReactiveLink.Links;

namespace ReactiveLink;

/// <content>Sending many values at once.</content>
public sealed partial class UdpLink
{
    /// <summary>
    /// Sends each value of a list in a message of its own, in the list's order, with far fewer system calls than one by one. Nothing waits for more: the list is
    /// the batch. Every 64 messages others get their turn, so a long list does not keep an urgent message waiting.
    /// <list type="table">
    /// <listheader><term>a value</term><description>result</description></listheader>
    /// <item><term>sent</term><description>counted; its sequence number is the next on the wire</description></item>
    /// <item><term>too large, refused by the socket or a full queue</term>
    /// <description>a fault, counted; it uses up no number; the others are sent; the task fails at the end with the first such error</description></item>
    /// <item><term>cannot be encoded</term><description>nothing from its group of 64 on is sent; the task fails with the error</description></item>
    /// <item><term>cancelled</term><description>what was not yet given to the system is not sent; the task is cancelled, also if others were refused before</description></item>
    /// </list>
    /// </summary>
    /// <typeparam name="T">As for <see cref="SendAsync{T}(T, Priority, MessageType, UdpEndpoint?, string?, string?, CancellationToken)"/>.</typeparam>
    /// <param name="data">The values; read until the task completes.</param>
    /// <param name="priority">Which waiting messages go first.</param>
    /// <param name="type">The messages' type; <see cref="MessageType.Data"/> unless given.</param>
    /// <param name="to">The remote endpoint; null for the one a client link was opened toward.</param>
    /// <param name="destination">Whom the messages are meant for, in their metadata.</param>
    /// <param name="cancellationToken">Takes back what waits.</param>
    /// <returns>Completes when all datagrams have been given to the system or refused.</returns>
    /// <exception cref="DatagramTooLargeException">A message did not fit into one datagram.</exception>
    /// <exception cref="DatagramSendException">The socket refused one, or the queue was full; says why.</exception>
    /// <exception cref="InvalidOperationException">The link listens and <paramref name="to"/> is null.</exception>
    /// <exception cref="ObjectDisposedException">The link is disposed.</exception>
    [RequiresUnreferencedCode(ReflectionWarning)]
    [RequiresDynamicCode(ReflectionWarning)]
    public ValueTask SendBatchAsync<T>(
        IReadOnlyList<T> data,
        Priority priority = Priority.Normal,
        MessageType type = default,
        UdpEndpoint? to = null,
        string? destination = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        return SendBatchOnce(data, DefaultTypeInfo<T>(), new Envelope(priority, type, destination, CorrelationId: null), to, cancellationToken);
    }

    /// <summary>As the other overload, without reflection.</summary>
    /// <typeparam name="T">The values' type.</typeparam>
    /// <param name="data">The values; read until the task completes.</param>
    /// <param name="typeInfo">How they are serialized, from a source-generated JsonSerializerContext.</param>
    /// <param name="priority">Which waiting messages go first.</param>
    /// <param name="type">The messages' type; <see cref="MessageType.Data"/> unless given.</param>
    /// <param name="to">The remote endpoint; null for the one a client link was opened toward.</param>
    /// <param name="destination">Whom the messages are meant for, in their metadata.</param>
    /// <param name="cancellationToken">Takes back what waits.</param>
    /// <returns>Completes when all datagrams have been given to the system or refused.</returns>
    /// <exception cref="DatagramTooLargeException">A message did not fit into one datagram.</exception>
    /// <exception cref="DatagramSendException">The socket refused one, or the queue was full; says why.</exception>
    /// <exception cref="InvalidOperationException">The link listens and <paramref name="to"/> is null, or its codec is not JSON.</exception>
    /// <exception cref="ObjectDisposedException">The link is disposed.</exception>
    public ValueTask SendBatchAsync<T>(
        IReadOnlyList<T> data,
        JsonTypeInfo<T> typeInfo,
        Priority priority = Priority.Normal,
        MessageType type = default,
        UdpEndpoint? to = null,
        string? destination = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(typeInfo);
        RequireJson();
        return SendBatchOnce(data, typeInfo, new Envelope(priority, type, destination, CorrelationId: null), to, cancellationToken);
    }

    private ValueTask SendBatchOnce<T>(
        IReadOnlyList<T> data, JsonTypeInfo<T>? typeInfo, in Envelope envelope, UdpEndpoint? to, CancellationToken cancellationToken) =>
        SendTracing.IsOn
            ? SendBatchTraced(data, typeInfo, envelope, to, cancellationToken)
            : SendBatch(data, typeInfo, envelope, to, cancellationToken);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask SendBatch<T>(
        IReadOnlyList<T> data, JsonTypeInfo<T>? typeInfo, Envelope envelope, UdpEndpoint? to, CancellationToken cancellationToken)
    {
        Exception? first = null;
        var buffers = ArrayPool<PayloadBuffer>.Shared.Rent(LinkSender.BatchSize);
        try
        {
            for (var start = 0; start < data.Count; start += LinkSender.BatchSize)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var count = EncodeGroup(data, start, typeInfo, envelope, buffers);
                var refusal = await _sender.SendBatchAsync(buffers.AsSpan(0, count), to, envelope.Priority, cancellationToken).ConfigureAwait(false);
                if (refusal is OperationCanceledException && cancellationToken.IsCancellationRequested)
                {
                    ExceptionDispatchInfo.Throw(refusal);
                }

                first ??= refusal;
            }
        }
        finally
        {
            ArrayPool<PayloadBuffer>.Shared.Return(buffers, clearArray: true);
        }

        if (first is not null)
        {
            ExceptionDispatchInfo.Throw(first);
        }
    }

    private int EncodeGroup<T>(IReadOnlyList<T> data, int start, JsonTypeInfo<T>? typeInfo, in Envelope envelope, PayloadBuffer[] buffers)
    {
        var count = 0;
        try
        {
            for (; count < LinkSender.BatchSize && start + count < data.Count; count++)
            {
                buffers[count] = Encode(envelope, data[start + count], typeInfo);
            }

            return count;
        }
        catch
        {
            foreach (var buffer in buffers.AsSpan(0, count))
            {
                buffer.Return();
            }

            throw;
        }
    }
}
