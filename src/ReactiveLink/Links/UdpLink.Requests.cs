using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization.Metadata;
using ReactiveLink.Links;

namespace ReactiveLink;

/// <content>Requests and their answers.</content>
public sealed partial class UdpLink
{
    /// <summary>
    /// Sends a value in a message and waits for the message that answers it: the first whose correlation id is this one's id, from the endpoint that it was sent to (from
    /// anybody, where that is a multicast group, or <c>Transport.Broadcast</c> is set). Datagrams get lost: who must know
    /// asks again. From the first request on every message is decoded.
    /// <list type="table">
    /// <listheader><term>what happens</term><description>the task, counter in <see cref="LinkStatistics.Requests"/></description></listheader>
    /// <item><term>an answer in time</term><description>the message: Answered. It is not among <see cref="Messages"/>, nor routed</description></item>
    /// <item><term>an answer of type <see cref="MessageType.Error"/></term><description><see cref="RequestFailedException"/>: Failed</description></item>
    /// <item><term>none in time</term><description><see cref="TimeoutException"/>: TimedOut</description></item>
    /// <item><term>an answer too late, twice, from another peer</term><description>nothing: Unexpected</description></item>
    /// <item><term>cancelled</term><description>cancelled: Cancelled</description></item>
    /// <item><term><see cref="LinkOptions.MaximumRequests"/> wait already</term><description><see cref="InvalidOperationException"/>: Refused; nothing is sent</description></item>
    /// <item><term>it cannot be sent</term><description>as <c>SendAsync</c> says: Failed</description></item>
    /// <item><term>the link closes</term><description><see cref="ObjectDisposedException"/>, or the link's error: Failed</description></item>
    /// </list>
    /// </summary>
    /// <typeparam name="T">Any JSON-serializable type.</typeparam>
    /// <param name="type">The message's type, for which the peer has a handler: see <c>Respond</c>.</param>
    /// <param name="data">The value.</param>
    /// <param name="timeout">How long to wait, by the scheduler; <see cref="LinkOptions.RequestTimeout"/> unless given; <see cref="Timeout.InfiniteTimeSpan"/> waits for ever.</param>
    /// <param name="priority">Which waiting messages go first.</param>
    /// <param name="to">The remote endpoint; null for the one a client link was opened toward.</param>
    /// <param name="destination">Whom the message is meant for, in its metadata.</param>
    /// <param name="cancellationToken">Gives the request up, and takes the message back while it waits to be sent.</param>
    /// <returns>The answer.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeout"/> is zero, negative or more than 24 days.</exception>
    /// <exception cref="InvalidOperationException">The link's codec has no envelope.</exception>
    [RequiresUnreferencedCode(ReflectionWarning)]
    [RequiresDynamicCode(ReflectionWarning)]
    public Task<Message> RequestAsync<T>(
        MessageType type,
        T data,
        TimeSpan? timeout = null,
        Priority priority = Priority.Normal,
        UdpEndpoint? to = null,
        string? destination = null,
        CancellationToken cancellationToken = default) =>
        Request(new Envelope(priority, type, destination, CorrelationId: null), data, DefaultTypeInfo<T>(), timeout, to, cancellationToken);

    /// <summary>As the overload without type info, without reflection.</summary>
    /// <typeparam name="T">The value's type.</typeparam>
    /// <param name="type">The message's type.</param>
    /// <param name="data">The value.</param>
    /// <param name="typeInfo">How it is serialized, from a source-generated JsonSerializerContext.</param>
    /// <param name="timeout">How long to wait; <see cref="LinkOptions.RequestTimeout"/> unless given.</param>
    /// <param name="priority">Which waiting messages go first.</param>
    /// <param name="to">The remote endpoint; null for the one a client link was opened toward.</param>
    /// <param name="destination">Whom the message is meant for, in its metadata.</param>
    /// <param name="cancellationToken">Gives the request up.</param>
    /// <returns>The answer.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeout"/> is zero, negative or more than 24 days.</exception>
    /// <exception cref="InvalidOperationException">The link's codec is not JSON.</exception>
    public Task<Message> RequestAsync<T>(
        MessageType type,
        T data,
        JsonTypeInfo<T> typeInfo,
        TimeSpan? timeout = null,
        Priority priority = Priority.Normal,
        UdpEndpoint? to = null,
        string? destination = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(typeInfo);
        RequireJson();
        return Request(new Envelope(priority, type, destination, CorrelationId: null), data, typeInfo, timeout, to, cancellationToken);
    }

    /// <summary>As the other overloads, and reads the answer's data. One that is no <typeparamref name="TReply"/> fails the task with a <see cref="System.Text.Json.JsonException"/>.</summary>
    /// <typeparam name="TRequest">The value's type.</typeparam>
    /// <typeparam name="TReply">The answer's type.</typeparam>
    /// <param name="type">The message's type.</param>
    /// <param name="data">The value.</param>
    /// <param name="typeInfo">How it is serialized.</param>
    /// <param name="replyInfo">How the answer is read.</param>
    /// <param name="timeout">How long to wait; <see cref="LinkOptions.RequestTimeout"/> unless given.</param>
    /// <param name="priority">Which waiting messages go first.</param>
    /// <param name="to">The remote endpoint; null for the one a client link was opened toward.</param>
    /// <param name="destination">Whom the message is meant for, in its metadata.</param>
    /// <param name="cancellationToken">Gives the request up.</param>
    /// <returns>The answer's data; null where it is JSON's null.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeout"/> is zero, negative or more than 24 days.</exception>
    /// <exception cref="InvalidOperationException">The link's codec is not JSON.</exception>
    public async Task<TReply?> RequestAsync<TRequest, TReply>(
        MessageType type,
        TRequest data,
        JsonTypeInfo<TRequest> typeInfo,
        JsonTypeInfo<TReply> replyInfo,
        TimeSpan? timeout = null,
        Priority priority = Priority.Normal,
        UdpEndpoint? to = null,
        string? destination = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(replyInfo);
        var reply = await RequestAsync(type, data, typeInfo, timeout, priority, to, destination, cancellationToken).ConfigureAwait(false);
        return reply.DataAs(replyInfo);
    }

    /// <summary>As the other overloads, with data that is already encoded.</summary>
    /// <param name="metadata">What the envelope says, but for the id, which the link gives; its priority also orders the queue.</param>
    /// <param name="data">The data in the codec's <see cref="IMessageCodec.DataFormat"/>, for example one JSON value. Not used after the call returns.</param>
    /// <param name="timeout">How long to wait; <see cref="LinkOptions.RequestTimeout"/> unless given.</param>
    /// <param name="to">The remote endpoint; null for the one a client link was opened toward.</param>
    /// <param name="cancellationToken">Gives the request up.</param>
    /// <returns>The answer.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeout"/> is zero, negative or more than 24 days.</exception>
    /// <exception cref="ArgumentException">The data is not in the codec's format.</exception>
    /// <exception cref="InvalidOperationException">The link's codec has no envelope.</exception>
    public Task<Message> RequestAsync(
        MessageMetadata metadata, ReadOnlyMemory<byte> data, TimeSpan? timeout = null, UdpEndpoint? to = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        return Request(
            timeout,
            to,
            request => SendAsync(metadata with { Id = request.Id }, data, to, cancellationToken),
            cancellationToken);
    }

    private Task<Message> Request<T>(Envelope envelope, T data, JsonTypeInfo<T>? typeInfo, TimeSpan? timeout, UdpEndpoint? to, CancellationToken cancellationToken) =>
        Request(
            timeout,
            to,
            request => SendValue(envelope with { Id = request.Id }, data, typeInfo, to, cancellationToken),
            cancellationToken);

    private Task<Message> Request(TimeSpan? timeout, UdpEndpoint? to, Func<PendingRequest, ValueTask> send, CancellationToken cancellationToken)
    {
        RequireEnvelope();
        var time = timeout ?? _options.RequestTimeout;
        if ((time <= TimeSpan.Zero || time > LinkOptions.LongestInterval) && time != Timeout.InfiniteTimeSpan)
        {
            throw new ArgumentOutOfRangeException(nameof(timeout), time, "Give a time above zero and of at most 24 days, or Timeout.InfiniteTimeSpan.");
        }

        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<Message>(cancellationToken);
        }

        if (_receiver.Requests.TryAdd(to ?? RemoteEndpoint) is not { } request)
        {
            return Task.FromException<Message>(new InvalidOperationException(
                $"{_options.MaximumRequests} requests wait for their answers already, as many as MaximumRequests allows. Await some before the next, or raise MaximumRequests."));
        }

        try
        {
            request.Arm(_scheduler, time, cancellationToken);
            ConsumerCame();
            var sending = send(request);
            if (sending.IsCompletedSuccessfully)
            {
                sending.GetAwaiter().GetResult();
            }
            else
            {
                _ = Watch(sending.AsTask(), request, cancellationToken);
            }
        }
        catch (Exception exception)
        {
            NotSent(request, exception);
        }

        return request.Task;
    }

    private async Task Watch(Task sending, PendingRequest request, CancellationToken cancellationToken)
    {
        try
        {
            await sending.ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The same token ends the request.
        }
        catch (Exception exception)
        {
            NotSent(request, exception);
        }
    }

    private void NotSent(PendingRequest request, Exception exception)
    {
        if (_receiver.Requests.TryRemove(request, RequestEnd.Failed))
        {
            request.Fail(exception);
        }
    }

    private void RequireEnvelope()
    {
        if (_options.Codec is BytesCodec or TextCodec)
        {
            throw new InvalidOperationException($"The codec '{_options.Codec.Name}' has no envelope to carry ids: use MessageCodecs.Json.");
        }
    }
}
