using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace ReactiveLink;

/// <content>Handlers that answer.</content>
public sealed partial class UdpLink
{
    /// <summary>
    /// Answers messages of one type: the handler's result goes back to the endpoint that asked, as a message of type <see cref="MessageType.Acknowledgment"/> whose
    /// correlation id is the request's id and whose priority is the request's. Otherwise as <c>Handle</c>: a bounded queue, bounded concurrency, a timeout.
    /// <list type="table">
    /// <listheader><term>a message</term><description>what happens</description></listheader>
    /// <item><term>the handler returns</term><description>its result is the answer</description></item>
    /// <item><term>the handler throws</term><description><see cref="FaultReason.HandlerFailed"/>; an answer of type <see cref="MessageType.Error"/>: <c>{"error":"handler-failed"}</c>. What it threw stays here</description></item>
    /// <item><term>it is cancelled at its timeout</term><description><see cref="FaultReason.HandlerTimeout"/>; <c>{"error":"handler-timeout"}</c></description></item>
    /// <item><term>the data is not of the handler's type</term><description><see cref="FaultReason.HandlerFailed"/>; <c>{"error":"decode-failed"}</c></description></item>
    /// <item><term>the answer does not fit into a datagram</term><description><see cref="FaultReason.HandlerFailed"/>; <c>{"error":"oversize"}</c></description></item>
    /// <item><term>the queue is full</term><description><see cref="FaultReason.QueueFull"/>; no answer</description></item>
    /// <item><term>it has no id</term><description>handled; no answer, for nothing could be matched to it</description></item>
    /// <item><term>it came twice, on the wire</term><description>handled and answered twice: see <see cref="Message.Verdict"/></description></item>
    /// </list>
    /// </summary>
    /// <typeparam name="TReply">Any JSON-serializable type.</typeparam>
    /// <param name="type">The type; unknown words can be answered too, answers cannot.</param>
    /// <param name="handler">The handler. Its token is signalled at the timeout.</param>
    /// <param name="options">The route's bounds; <see cref="LinkOptions.Routes"/> unless given.</param>
    /// <returns>Dispose it to remove the handler.</returns>
    /// <exception cref="ArgumentException">The options are not valid, or <paramref name="type"/> is that of answers: two links would answer each other for ever.</exception>
    /// <exception cref="InvalidOperationException">The link's codec has no envelope.</exception>
    /// <exception cref="ObjectDisposedException">The link is disposed.</exception>
    [RequiresUnreferencedCode(ReflectionWarning)]
    [RequiresDynamicCode(ReflectionWarning)]
    public IDisposable Respond<TReply>(MessageType type, Func<Message, CancellationToken, ValueTask<TReply>> handler, RouteOptions? options = null) =>
        Answer(type, handler, DefaultTypeInfo<TReply>(), options);

    /// <summary>As the overload with a cancellation token, for handlers that cannot be cancelled.</summary>
    /// <typeparam name="TReply">Any JSON-serializable type.</typeparam>
    /// <param name="type">The type.</param>
    /// <param name="handler">The handler.</param>
    /// <param name="options">The route's bounds; <see cref="LinkOptions.Routes"/> unless given.</param>
    /// <returns>Dispose it to remove the handler.</returns>
    [RequiresUnreferencedCode(ReflectionWarning)]
    [RequiresDynamicCode(ReflectionWarning)]
    public IDisposable Respond<TReply>(MessageType type, Func<Message, Task<TReply>> handler, RouteOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return Answer(type, (message, _) => new ValueTask<TReply>(handler(message)), DefaultTypeInfo<TReply>(), options);
    }

    /// <summary>As the overload with a cancellation token, for handlers that are done when they return.</summary>
    /// <typeparam name="TReply">Any JSON-serializable type.</typeparam>
    /// <param name="type">The type.</param>
    /// <param name="handler">The handler; runs on the route's own workers, not on the receive thread.</param>
    /// <param name="options">The route's bounds; <see cref="LinkOptions.Routes"/> unless given.</param>
    /// <returns>Dispose it to remove the handler.</returns>
    [RequiresUnreferencedCode(ReflectionWarning)]
    [RequiresDynamicCode(ReflectionWarning)]
    public IDisposable Respond<TReply>(MessageType type, Func<Message, TReply> handler, RouteOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return Answer(type, (message, _) => new ValueTask<TReply>(handler(message)), DefaultTypeInfo<TReply>(), options);
    }

    /// <summary>As the overload without type info, without reflection.</summary>
    /// <typeparam name="TReply">The answer's type.</typeparam>
    /// <param name="type">The type.</param>
    /// <param name="handler">The handler. Its token is signalled at the timeout.</param>
    /// <param name="replyInfo">How the answer is serialized, from a source-generated JsonSerializerContext.</param>
    /// <param name="options">The route's bounds; <see cref="LinkOptions.Routes"/> unless given.</param>
    /// <returns>Dispose it to remove the handler.</returns>
    /// <exception cref="InvalidOperationException">The link's codec is not JSON.</exception>
    public IDisposable Respond<TReply>(
        MessageType type, Func<Message, CancellationToken, ValueTask<TReply>> handler, JsonTypeInfo<TReply> replyInfo, RouteOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(replyInfo);
        RequireJson();
        return Answer(type, handler, replyInfo, options);
    }

    /// <summary>As the other overloads, for handlers of the data alone.</summary>
    /// <typeparam name="TRequest">The data's type.</typeparam>
    /// <typeparam name="TReply">The answer's type.</typeparam>
    /// <param name="type">The type.</param>
    /// <param name="handler">The handler of the data, which is never null. Its token is signalled at the timeout.</param>
    /// <param name="requestInfo">How the data is read.</param>
    /// <param name="replyInfo">How the answer is serialized.</param>
    /// <param name="options">The route's bounds; <see cref="LinkOptions.Routes"/> unless given.</param>
    /// <returns>Dispose it to remove the handler.</returns>
    /// <exception cref="InvalidOperationException">The link's codec is not JSON.</exception>
    public IDisposable Respond<TRequest, TReply>(
        MessageType type,
        Func<TRequest, CancellationToken, ValueTask<TReply>> handler,
        JsonTypeInfo<TRequest> requestInfo,
        JsonTypeInfo<TReply> replyInfo,
        RouteOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(handler);
        ArgumentNullException.ThrowIfNull(requestInfo);
        return Respond(
            type,
            (message, cancel) => handler(message.DataAs(requestInfo) is { } data ? data : throw new JsonException("The data is null."), cancel),
            replyInfo,
            options);
    }

    private static FaultReason ReasonOf(Exception exception, CancellationToken cancel) => exception switch
    {
        OperationCanceledException when cancel.IsCancellationRequested => FaultReason.HandlerTimeout,
        DatagramTooLargeException => FaultReason.Oversize,
        JsonException => FaultReason.DecodeFailed,
        _ => FaultReason.HandlerFailed,
    };

    private IDisposable Answer<TReply>(
        MessageType type, Func<Message, CancellationToken, ValueTask<TReply>> handler, JsonTypeInfo<TReply>? replyInfo, RouteOptions? options)
    {
        ArgumentNullException.ThrowIfNull(handler);
        RequireEnvelope();
        if (type == MessageType.Acknowledgment || type == MessageType.Error)
        {
            throw new ArgumentException($"Messages of type {type.Name} are answers: two links that answer them would do so for ever. Use Handle.", nameof(type));
        }

        return Handle(type, (message, cancel) => AnswerAsync(message, handler, replyInfo, cancel), options);
    }

    private async ValueTask AnswerAsync<TReply>(
        Message request, Func<Message, CancellationToken, ValueTask<TReply>> handler, JsonTypeInfo<TReply>? replyInfo, CancellationToken cancel)
    {
        var envelope = new Envelope(
            (Priority)Math.Clamp((int)request.Priority, (int)Priority.Low, (int)Priority.Critical),
            MessageType.Acknowledgment,
            request.Source is { Length: > 0 } source ? source : null,
            request.Id);
        try
        {
            var reply = await handler(request, cancel).ConfigureAwait(false);
            if (request.Id.Length != 0)
            {
                await SendValue(envelope, reply, replyInfo, ToSendTo(request.Peer), CancellationToken.None).ConfigureAwait(false);
            }
        }
        catch (Exception exception)
        {
            if (request.Id.Length != 0)
            {
                AnswerError(request.Peer, envelope with { Type = MessageType.Error }, ReasonOf(exception, cancel));
            }

            throw;
        }
    }

    private void AnswerError(UdpEndpoint peer, in Envelope envelope, FaultReason reason)
    {
        MessageMetadata metadata;
        try
        {
            metadata = CreateMetadata(envelope);
        }
        catch (Exception)
        {
            // The clock of the user's scheduler. What the handler threw is to be told.
            return;
        }

        TryPost(metadata, ErrorData(reason), peer);
    }

    private static byte[] ErrorData(FaultReason reason) => Encoding.ASCII.GetBytes($$"""{"error":"{{reason.ToName()}}"}""");
}
