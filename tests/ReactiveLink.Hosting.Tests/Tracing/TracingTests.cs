using System.Diagnostics;
using System.Reactive.Linq;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry.Trace;
using ReactiveLink.Hosting.Tests.Support;
using ReactiveLink.Testing;
using ReactiveLink.Tests.Support;

namespace ReactiveLink.Hosting.Tests.Tracing;

/// <summary>Spans of sends and handlers as the SDK of OpenTelemetry sees them.</summary>
public sealed class TracingTests
{
    [Fact]
    public async Task From_a_sender_over_two_links_to_the_last_handler_it_is_one_trace()
    {
        using var spans = new Spans();
        using var host = await RelayAsync();
        await using var sender = TestHost.ClientOf(host.Link("down"));
        using (var root = Spans.Application.StartActivity("mission"))
        {
            root!.TraceStateString = "vendor=1";
            await sender.SendAsync("go", type: MessageType.Command);
        }

        await Deadline.Until(() => spans.Ended.Count == 5, "five spans");
        await host.StopAsync();

        string[] chain = ["mission", "send command", "process command", "send status", "process status"];
        var activities = chain.Select(spans.Named).ToList();
        Assert.Single(activities.Select(activity => activity.TraceId).Distinct());
        Assert.Equal(activities.SkipLast(1).Select(activity => activity.SpanId), activities.Skip(1).Select(activity => activity.ParentSpanId));
        Assert.Equal([false, false, true, false, true], activities.Select(activity => activity.HasRemoteParent));
        Assert.All(activities, activity => Assert.Equal("vendor=1", activity.TraceStateString));
        Assert.Single(host.Journal().Handled);
    }

    [Fact]
    public async Task Names_kinds_and_attributes_are_those_of_the_semantic_conventions()
    {
        using var spans = new Spans();
        using var host = await RelayAsync();
        await using var sender = TestHost.ClientOf(host.Link("down"));
        await sender.SendAsync("go", type: MessageType.Command, correlationId: "c-1");
        await Deadline.Until(() => spans.Ended.Count == 4, "four spans");
        await host.StopAsync();

        var send = spans.Named("send command");
        Assert.Equal((ActivityKind.Producer, ActivityStatusCode.Unset), (send.Kind, send.Status));
        Assert.Equal(
            [
                ("messaging.destination.name", "command"), ("messaging.operation.name", "send"), ("messaging.operation.type", "send"),
                ("messaging.system", "reactivelink"), ("network.peer.address", "127.0.0.1"), ("network.peer.port", host.Link("down").LocalEndpoint.Port), ("network.transport", "udp"),
            ],
            Tags(send));
        var process = spans.Named("process command");
        Assert.Equal((ActivityKind.Consumer, ActivityStatusCode.Unset), (process.Kind, process.Status));
        Assert.Equal(
            [
                ("messaging.destination.name", "command"), ("messaging.message.body.size", 4), ("messaging.message.conversation_id", "c-1"),
                ("messaging.message.id", process.GetTagItem("messaging.message.id")), ("messaging.operation.name", "process"), ("messaging.operation.type", "process"),
                ("messaging.system", "reactivelink"), ("network.peer.address", "127.0.0.1"), ("network.peer.port", sender.LocalEndpoint.Port), ("network.transport", "udp"),
            ],
            Tags(process));
        Assert.NotEmpty((string)process.GetTagItem("messaging.message.id")!);
    }

    [Fact]
    public async Task Failures_and_timeouts_are_errors_of_their_spans()
    {
        using var spans = new Spans();
        var builder = TestHost.Builder();
        builder.Services
            .AddReactiveLink(configure: options => options.Listen = "127.0.0.1:0")
            .AddHandler<FailingHandler>(MessageType.Command)
            .AddHandler<GatedHandler>(MessageType.Status, route => route with { Timeout = TimeSpan.FromMilliseconds(20) })
            .AddHandler<DeafHandler>(MessageType.Data, route => route with { Timeout = TimeSpan.FromMilliseconds(20) });
        using var host = builder.Build();
        await host.StartAsync();
        await using var sender = TestHost.ClientOf(host.Link());
        foreach (var type in new[] { MessageType.Command, MessageType.Status, MessageType.Data })
        {
            await sender.SendAsync(1, type: type);
        }

        await Deadline.Until(() => host.Link().GetStatistics().Routes.Sum(route => route.TimedOut + route.Failed) == 3, "failed and timed out");

        // Not before the one that was cancelled has noticed: counted as timed out it is earlier.
        await Deadline.Until(() => spans.Ended.Count == 5, "all spans but that of the deaf handler");
        host.Journal().Gate.SetResult();
        await Deadline.Until(() => spans.Ended.Count == 6, "six spans");
        await host.StopAsync();

        var failed = spans.Named("process command");
        Assert.Equal((ActivityStatusCode.Error, "on purpose", "System.InvalidOperationException"), (failed.Status, failed.StatusDescription, failed.GetTagItem("error.type")));
        var cancelled = spans.Named("process status");
        Assert.Equal((ActivityStatusCode.Error, typeof(TaskCanceledException).FullName), (cancelled.Status, cancelled.GetTagItem("error.type")));
        var late = spans.Named("process data");
        Assert.Equal((ActivityStatusCode.Error, "cancelled"), (late.Status, late.GetTagItem("error.type")));
    }

    [Fact]
    public async Task Handlers_of_streams_have_spans_with_their_names()
    {
        using var spans = new Spans();
        await using var link = UdpLink.Open("127.0.0.1:0");
        using var plain = link.Messages.Handle(_ => { }, new HandlerOptions<Message> { Name = "plain" });
        using var typed = link.Messages.DataAs<Attitude>().Handle(_ => { }, new HandlerOptions<Message<Attitude>> { Name = "typed" });
        using var datagrams = link.Datagrams.Handle(_ => { }, new HandlerOptions<Datagram> { Name = "datagrams" });
        await using var sender = TestHost.ClientOf(link);
        using (Spans.Application.StartActivity("mission"))
        {
            await sender.SendAsync(new Attitude(1));
        }

        await Deadline.Until(() => spans.Ended.Count == 4, "four spans");

        Assert.Equal(["mission", "process plain", "process typed", "send data"], spans.Ended.Select(activity => activity.DisplayName).Order());
        Assert.Equal(spans.Named("send data").SpanId, spans.Named("process typed").ParentSpanId);
        Assert.Equal(spans.Named("send data").SpanId, spans.Named("process plain").ParentSpanId);
    }

    [Fact]
    public async Task What_is_not_sampled_has_no_spans_but_its_context_goes_on()
    {
        using var spans = new Spans(new ParentBasedSampler(new AlwaysOffSampler()));
        using var host = await RelayAsync();
        var got = new TaskCompletionSource<Message>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var messages = host.Link("down").Messages.Subscribe(message => got.TrySetResult(message));
        await using var sender = TestHost.ClientOf(host.Link("down"));

        await sender.SendAsync("go", type: MessageType.Command);

        var message = await Deadline.Within(got.Task);
        await Deadline.Until(() => host.Journal().Handled.Count == 1, "handled at the end");
        await host.StopAsync();
        Assert.Empty(spans.Ended);
        Assert.EndsWith("-00", message.Metadata.TraceParent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Raw_messages_and_batches_carry_it_too_and_a_context_that_is_given_is_kept()
    {
        const string Given = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        using var spans = new Spans();
        await using var link = UdpLink.Open("127.0.0.1:0");
        var messages = new RecordingObserver<Message>();
        using var subscription = link.Messages.Subscribe(messages);
        await using var sender = TestHost.ClientOf(link);

        await sender.SendAsync(sender.CreateMetadata(type: MessageType.Status), "1"u8.ToArray());
        await sender.SendAsync(sender.CreateMetadata(type: MessageType.Error) with { TraceParent = Given }, "2"u8.ToArray());
        await sender.SendBatchAsync([3, 4, 5], type: MessageType.Command);
        await messages.WaitForCountAsync(5, Deadline.Time);

        var parents = messages.Values.Select(message => message.Metadata.TraceParent).ToList();
        var batch = spans.Named("send command");
        Assert.Equal([spans.Named("send status").Id, Given, batch.Id, batch.Id, batch.Id], parents);
        Assert.Equal(3, batch.GetTagItem("messaging.batch.message_count"));
    }

    [Fact]
    public async Task A_request_its_handler_and_its_answer_are_one_trace()
    {
        using var spans = new Spans();
        await using var link = UdpLink.Open("127.0.0.1:0");
        using var responding = link.Respond(MessageType.Command, (Message request, CancellationToken _) => ValueTask.FromResult(request.DataAs<int>() + 1));
        await using var sender = TestHost.ClientOf(link);

        var answer = await Deadline.Within(sender.RequestAsync(MessageType.Command, 41));

        Assert.Equal(42, answer.DataAs<int>());
        await Deadline.Until(() => spans.Ended.Count == 3, "three spans");
        Assert.Equal(spans.Named("send command").SpanId, spans.Named("process command").ParentSpanId);
        Assert.Equal(spans.Named("process command").SpanId, spans.Named("send acknowledgment").ParentSpanId);
        Assert.Equal(spans.Named("send acknowledgment").Id, answer.Metadata.TraceParent);
    }

    [Fact]
    public async Task A_send_that_fails_is_an_error_of_its_span_and_throws_as_ever()
    {
        using var spans = new Spans();
        await using var link = UdpLink.Open("127.0.0.1:0");
        await using var sender = TestHost.ClientOf(link);

        await Assert.ThrowsAsync<DatagramTooLargeException>(async () => await sender.SendAsync(new string('x', 70_000)));
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await link.SendAsync(1, type: MessageType.Status));
        sender.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await sender.SendAsync(1, type: MessageType.Command));

        Assert.Equal((ActivityStatusCode.Error, typeof(DatagramTooLargeException).FullName), (spans.Named("send data").Status, spans.Named("send data").GetTagItem("error.type")));
        Assert.Equal(ActivityStatusCode.Error, spans.Named("send status").Status);
        Assert.Equal(ActivityStatusCode.Error, spans.Named("send command").Status);
    }

    [Fact]
    public async Task A_malformed_context_begins_a_trace_of_its_own_and_is_no_fault()
    {
        using var spans = new Spans();
        await using var link = UdpLink.Open("127.0.0.1:0", options => options with { Frame = FrameFormat.None });
        var faults = new RecordingObserver<Fault>();
        using var subscription = link.Faults.Subscribe(faults);
        using var handler = link.Handle(MessageType.Data, _ => { });
        await using var sender = UdpTransport.Connect(link.LocalEndpoint.ToString());

        foreach (var context in new[] { "\"garbage\"", "17", "\"00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01\"" })
        {
            sender.Send(Encoding.UTF8.GetBytes($$"""{"metadata":{},"traceparent":{{context}},"tracestate":[],"data":1}"""));
        }

        await Deadline.Until(() => spans.Ended.Count == 3, "three spans");
        Assert.All(spans.Ended, span => Assert.Equal(default, span.ParentSpanId));
        Assert.Equal(3, spans.Ended.Select(span => span.TraceId).Distinct().Count());
        Assert.Empty(faults.Values);
    }

    [Fact]
    public async Task Without_a_listener_nothing_of_it_is_on_the_wire_whatever_is_current()
    {
        await using var link = UdpLink.Open("127.0.0.1:0");
        var messages = new RecordingObserver<Message>();
        using var subscription = link.Messages.Subscribe(messages);
        await using var sender = TestHost.ClientOf(link);
        using var current = new Activity("current").SetIdFormat(ActivityIdFormat.W3C).Start();

        await sender.SendAsync(1);
        await messages.WaitForCountAsync(1, Deadline.Time);

        Assert.DoesNotContain("trace", Encoding.UTF8.GetString(messages.Values[0].Frame.Payload.Span), StringComparison.Ordinal);
    }

    private static async Task<IHost> RelayAsync()
    {
        var builder = TestHost.Builder();
        builder.Services.AddReactiveLink("end", configure: options => options.Listen = "127.0.0.1:0").AddHandler<NotingHandler>(MessageType.Status);
        builder.Services.AddReactiveLink("down", configure: options => options.Listen = "127.0.0.1:0").AddHandler<RelayHandler>(MessageType.Command);
        builder.Services
            .AddReactiveLink("up")
            .UseTransport(services => UdpTransport.Connect(services.GetRequiredKeyedService<UdpLink>("end").LocalEndpoint.ToString()));
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }

    private static IEnumerable<(string, object?)> Tags(Activity activity) =>
        activity.TagObjects.Select(tag => (tag.Key, tag.Value)).OrderBy(tag => tag.Key, StringComparer.Ordinal);
}
