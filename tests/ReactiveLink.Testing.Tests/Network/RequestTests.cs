using System.Buffers;
using System.Text;
using System.Text.Json.Serialization;
using Microsoft.Reactive.Testing;

namespace ReactiveLink.Testing.Tests.Network;

/// <summary>Requests and answers of whole links over the network, in virtual time.</summary>
public sealed partial class RequestTests : IDisposable
{
    private static readonly TimeSpan Latency = TimeSpan.FromMilliseconds(20);

    private readonly TestScheduler _scheduler = new();
    private readonly VirtualNetwork _network;
    private readonly VirtualHost _a;
    private readonly VirtualHost _b;
    private readonly UdpLink _server;
    private readonly List<Fault> _serverFaults = [];
    private UdpLink _client;
    private uint _number;

    public RequestTests()
    {
        _scheduler.AdvanceTo(DateTimeOffset.UnixEpoch.AddYears(50).UtcTicks);
        _network = new VirtualNetwork(_scheduler, seed: 1, new VirtualNetworkOptions { Conditions = new PathConditions { Latency = Latency } });
        _a = _network.AddHost("a", "10.0.0.1");
        _b = _network.AddHost("b", "10.0.0.2");
        _server = UdpLink.Over(_b.Listen("*:9000"), new LinkOptions { Source = "server" });
        _server.Faults.Subscribe(_serverFaults.Add);
        _client = Client(new LinkOptions());
    }

    public void Dispose()
    {
        LedgerAssert.Balances(_server.GetStatistics());
        AssertAccount();
        _network.Dispose();
    }

    [Fact]
    public async Task A_request_gets_the_handlers_result()
    {
        Message? asked = null;
        using var responding = _server.Respond(MessageType.Command, message =>
        {
            asked = message;
            return message.DataAs<int>() * 2;
        });

        var request = _client.RequestAsync(MessageType.Command, 21, priority: Priority.High, destination: "server");
        Advance(1);

        var reply = await Done(request);
        Assert.Equal(42, reply.DataAs<int>());
        Assert.Equal((MessageType.Acknowledgment, asked!.Id, Priority.High, "reactivelink", "server"), (reply.Type, reply.CorrelationId, reply.Priority, reply.Destination, reply.Source));
        Assert.Equal("server", asked.Destination);
        Assert.Equal(new RequestStatistics(1, 1, 0, 0, 0, 0, 0, 0), _client.GetStatistics().Requests);
    }

    [Fact]
    public async Task Every_shape_of_handler_answers()
    {
        using var one = _server.Respond(new MessageType("value task"), (message, _) => new ValueTask<int>(message.DataAs<int>() + 1));
        using var two = _server.Respond(new MessageType("task"), async message =>
        {
            await Task.CompletedTask;
            return message.DataAs<int>() + 2;
        });
        using var three = _server.Respond(new MessageType("typed"), (message, _) => new ValueTask<int>(message.DataAs<int>() + 3), Json.Default.Int32);
        using var four = _server.Respond(new MessageType("data alone"), (int value, CancellationToken _) => new ValueTask<int>(value + 4), Json.Default.Int32, Json.Default.Int32);
        var requests = new[] { "value task", "task", "typed", "data alone" }.Select(type => _client.RequestAsync(new MessageType(type), 10, Json.Default.Int32)).ToList();
        var typed = _client.RequestAsync(new MessageType("typed"), 10, Json.Default.Int32, Json.Default.Int32);
        var encoded = _client.RequestAsync(_client.CreateMetadata(type: new MessageType("typed")), "20"u8.ToArray());
        Advance(1);

        var replies = new List<int>();
        foreach (var request in requests)
        {
            replies.Add((await Done(request)).DataAs<int>());
        }

        Assert.Equal([11, 12, 13, 14], replies);
        Assert.Equal(13, await typed.WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Equal(23, (await Done(encoded)).DataAs<int>());
    }

    [Fact]
    public async Task An_answer_is_the_askers_alone()
    {
        var messages = _client.Messages.Record(_scheduler);
        var frames = _client.Frames.Record(_scheduler);
        var routed = 0;
        using var route = _client.Handle(static _ => true, _ => routed++);
        using var responding = _server.Respond(MessageType.Command, static _ => 1);

        var request = _client.RequestAsync(MessageType.Command, 1);
        Advance(1);
        await Done(request);

        Assert.Empty(messages.Values);
        Assert.Single(frames.Values);
        Assert.Equal(0, routed);
    }

    [Fact]
    public async Task Messages_that_answer_what_was_no_request_are_messages()
    {
        var messages = _client.Messages.Record(_scheduler);
        using var responding = _server.Respond(MessageType.Command, static _ => 1);
        var request = _client.RequestAsync(MessageType.Command, 1);
        Assert.True(_client.SendAsync(2, type: MessageType.Command).IsCompletedSuccessfully);
        Advance(1);
        await Done(request);

        Assert.Equal(MessageType.Acknowledgment, Assert.Single(messages.Values).Type);
    }

    [Theory]
    [InlineData("throws", "handler-failed", FaultReason.HandlerFailed)]
    [InlineData("hangs", "handler-timeout", FaultReason.HandlerTimeout)]
    [InlineData("wants other data", "decode-failed", FaultReason.HandlerFailed)]
    [InlineData("says too much", "oversize", FaultReason.HandlerFailed)]
    public async Task A_handler_that_fails_answers_with_an_error(string manner, string error, FaultReason reason)
    {
        using var responding = _server.Respond<object>(
            MessageType.Command,
            async (message, cancel) =>
            {
                switch (manner)
                {
                    case "throws":
                        throw new InvalidOperationException("a secret");
                    case "hangs":
                        var never = new TaskCompletionSource();
                        using (cancel.Register(() => never.TrySetCanceled(cancel)))
                        {
                            await never.Task;
                        }

                        return 0;
                    case "wants other data":
                        return message.DataAs<string>()!;
                    default:
                        return new string('x', 70_000);
                }
            },
            new RouteOptions { Timeout = TimeSpan.FromSeconds(1) });

        var request = _client.RequestAsync(MessageType.Command, 1);
        Advance(2);

        // What awaits goes on off this thread, which has a context of the test framework.
        Assert.True(SpinWait.SpinUntil(() => _server.GetStatistics().MessagesSent == 1, TimeSpan.FromSeconds(30)));
        Advance(1);

        var failure = await Assert.ThrowsAsync<RequestFailedException>(() => Done(request));
        Assert.Equal($$"""{"error":"{{error}}"}""", failure.Reply.DataAsText());
        Assert.Equal(MessageType.Error, failure.Reply.Type);
        Assert.Contains(error, failure.Message, StringComparison.Ordinal);
        Assert.Contains(_serverFaults, fault => fault.Reason == reason);
        Assert.Equal(1, _client.GetStatistics().Requests.Failed);
    }

    [Fact]
    public async Task Without_an_answer_a_request_times_out_by_the_scheduler()
    {
        Reopen(new LinkOptions { RequestTimeout = TimeSpan.FromSeconds(2) });
        var byOption = _client.RequestAsync(MessageType.Command, 1);
        var bySelf = _client.RequestAsync(MessageType.Command, 1, timeout: TimeSpan.FromSeconds(3));
        var never = _client.RequestAsync(MessageType.Command, 1, timeout: Timeout.InfiniteTimeSpan);
        Advance(1.99);
        Assert.False(byOption.IsCompleted);
        Advance(0.02);
        await Assert.ThrowsAsync<TimeoutException>(() => Done(byOption));
        Assert.False(bySelf.IsCompleted);
        Advance(1);
        await Assert.ThrowsAsync<TimeoutException>(() => Done(bySelf));
        Advance(1000);
        Assert.False(never.IsCompleted);
        Assert.Equal((3, 2, 1), (_client.GetStatistics().Requests.Made, _client.GetStatistics().Requests.TimedOut, _client.GetStatistics().Requests.Pending));
    }

    [Fact]
    public async Task Answers_too_late_twice_or_from_another_are_counted_and_nobodys()
    {
        _client.Dispose();
        _client = UdpLink.Over(_a.Listen("*:9100"), new LinkOptions());
        var messages = _client.Messages.Record(_scheduler);
        var stranger = _b.Connect("a:9100");
        Message? asked = null;
        using var seen = _server.Messages.Subscribe(message => asked = message);
        var request = _client.RequestAsync(MessageType.Command, 1, to: new UdpEndpoint(_b.Addresses[0], 9000), timeout: TimeSpan.FromSeconds(2));
        Advance(0.1);

        stranger.Send(Reply(asked!.Id, "666"));
        Advance(0.1);
        Assert.False(request.IsCompleted);
        Assert.Equal(1, _client.GetStatistics().Requests.Unexpected);

        for (var i = 0; i < 3; i++)
        {
            Assert.True(_server.SendAsync(7 + i, to: asked.Peer, correlationId: asked.Id).IsCompletedSuccessfully);
        }

        Advance(0.1);
        Assert.Equal(7, (await Done(request)).DataAs<int>());
        Assert.Equal(3, _client.GetStatistics().Requests.Unexpected);

        var late = _client.RequestAsync(MessageType.Command, 1, to: new UdpEndpoint(_b.Addresses[0], 9000), timeout: TimeSpan.FromSeconds(2));
        Advance(3);
        await Assert.ThrowsAsync<TimeoutException>(() => Done(late));
        Assert.True(_server.SendAsync(9, to: asked.Peer, correlationId: asked.Id).IsCompletedSuccessfully);
        Advance(1);

        Assert.Equal(4, _client.GetStatistics().Requests.Unexpected);
        Assert.Empty(messages.Values);
    }

    [Fact]
    public async Task A_duplicated_answer_is_given_once()
    {
        _network.Path("b", "a").Conditions = new PathConditions { Latency = Latency, Duplication = 1 };
        using var responding = _server.Respond(MessageType.Command, static _ => 1);
        var request = _client.RequestAsync(MessageType.Command, 1);
        Advance(1);
        await Done(request);

        Assert.Equal((1, 1), (_client.GetStatistics().Requests.Answered, _client.GetStatistics().Requests.Unexpected));
    }

    [Fact]
    public async Task A_request_that_is_cancelled_ends_so()
    {
        using var cancellation = new CancellationTokenSource();
        var request = _client.RequestAsync(MessageType.Command, 1, cancellationToken: cancellation.Token);
        Advance(1);
        Assert.False(request.IsCompleted);

        await cancellation.CancelAsync();

        await Assert.ThrowsAsync<TaskCanceledException>(() => Done(request));
        await Assert.ThrowsAsync<TaskCanceledException>(() => _client.RequestAsync(MessageType.Command, 1, cancellationToken: cancellation.Token));
        Assert.Equal(new RequestStatistics(1, 0, 0, 0, 1, 0, 0, 0), _client.GetStatistics().Requests);
    }

    [Fact]
    public async Task No_more_requests_wait_than_may()
    {
        Reopen(new LinkOptions { MaximumRequests = 2 });
        var first = _client.RequestAsync(MessageType.Command, 1, timeout: TimeSpan.FromSeconds(1));
        var second = _client.RequestAsync(MessageType.Command, 2, timeout: TimeSpan.FromSeconds(1));
        var third = _client.RequestAsync(MessageType.Command, 3);

        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => Done(third));
        Assert.Equal("2 requests wait for their answers already, as many as MaximumRequests allows. Await some before the next, or raise MaximumRequests.", refusal.Message);
        Assert.Equal((2, 1, 2), (_client.GetStatistics().Requests.Made, _client.GetStatistics().Requests.Refused, _client.GetStatistics().MessagesSent));

        Advance(2);
        await Assert.ThrowsAsync<TimeoutException>(() => Done(first));
        await Assert.ThrowsAsync<TimeoutException>(() => Done(second));
        using var responding = _server.Respond(MessageType.Command, static _ => 1);
        var fourth = _client.RequestAsync(MessageType.Command, 4);
        Advance(1);
        await Done(fourth);
    }

    [Fact]
    public async Task What_cannot_be_sent_fails_and_leaves_nothing()
    {
        await Assert.ThrowsAsync<DatagramTooLargeException>(() => _client.RequestAsync(MessageType.Command, new string('x', 70_000)));
        await Assert.ThrowsAsync<InvalidOperationException>(() => _server.RequestAsync(MessageType.Command, 1));
        await Assert.ThrowsAsync<ArgumentException>(() => _client.RequestAsync(_client.CreateMetadata(), "no JSON"u8.ToArray()));

        Assert.Equal((2, 2, 0), (_client.GetStatistics().Requests.Made, _client.GetStatistics().Requests.Failed, _client.GetStatistics().Requests.Pending));
        Assert.Equal((1, 1, 0), (_server.GetStatistics().Requests.Made, _server.GetStatistics().Requests.Failed, _server.GetStatistics().Requests.Pending));
    }

    [Fact]
    public async Task A_link_that_closes_ends_its_requests()
    {
        var request = _client.RequestAsync(MessageType.Command, 1);
        _client.Dispose();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => Done(request));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => _client.RequestAsync(MessageType.Command, 1));
        Assert.Equal(1, _client.GetStatistics().Requests.Failed);
    }

    [Fact]
    public async Task A_responder_that_is_disposed_answers_no_more()
    {
        var responding = _server.Respond(MessageType.Command, static _ => 1);
        responding.Dispose();
        responding.Dispose();
        var request = _client.RequestAsync(MessageType.Command, 1);
        Advance(10);

        await Assert.ThrowsAsync<TimeoutException>(() => Done(request));
    }

    [Fact]
    public async Task A_server_may_ask_its_clients()
    {
        using var responding = _client.Respond(MessageType.Configuration, static message => "from the client, " + message.DataAs<string>());
        UdpEndpoint? client = null;
        using var seen = _server.Messages.Subscribe(message => client = message.Peer);
        Assert.True(_client.SendAsync("hello").IsCompletedSuccessfully);
        Advance(0.1);

        var request = _server.RequestAsync(MessageType.Configuration, "to the server", to: client);
        Advance(0.1);

        Assert.Equal("from the client, to the server", (await Done(request)).DataAs<string>());
    }

    [Fact]
    public async Task A_multicast_request_is_answered_by_the_first()
    {
        var group = "239.1.2.3:9200";
        using var members = UdpLink.Over(_b.Listen("*:9200", transport => transport with { MulticastGroups = [MulticastGroup.Parse("239.1.2.3")] }));
        using var responding = members.Respond(MessageType.Command, static _ => "here");
        using var asker = UdpLink.Over(_a.Connect(group));
        var request = asker.RequestAsync(MessageType.Command, 1);
        Advance(1);

        Assert.Equal("here", (await Done(request)).DataAs<string>());
    }

    [Fact]
    public void A_message_without_an_id_is_handled_and_not_answered()
    {
        var handled = 0;
        using var responding = _server.Respond(MessageType.Command, _ => ++handled);
        var transport = _a.Connect("b:9000");
        transport.Send(Frame("""{"metadata":{"message_type":"command"},"data":1}"""));
        Advance(1);

        Assert.Equal(1, handled);
        Assert.Equal(0, _server.GetStatistics().MessagesSent);
    }

    [Fact]
    public async Task ArgumentChecking()
    {
        using var bytes = UdpLink.Over(_a.Connect("b:9000"), new LinkOptions { Codec = MessageCodecs.Bytes });
        await Assert.ThrowsAsync<InvalidOperationException>(() => bytes.RequestAsync(MessageType.Command, Array.Empty<byte>()));
        Assert.Throws<InvalidOperationException>(() => bytes.Respond(MessageType.Command, static _ => 1));
        Assert.Throws<ArgumentException>("type", () => _server.Respond(MessageType.Acknowledgment, static _ => 1));
        Assert.Throws<ArgumentException>("type", () => _server.Respond(MessageType.Error, static _ => 1));
        Assert.Throws<ArgumentNullException>("handler", () => _server.Respond(MessageType.Command, (Func<Message, int>)null!));
        Assert.Throws<ArgumentNullException>("handler", () => _server.Respond(MessageType.Command, (Func<Message, Task<int>>)null!));
        Assert.Throws<ArgumentNullException>("handler", () => _server.Respond(MessageType.Command, (Func<Message, CancellationToken, ValueTask<int>>)null!));
        Assert.Throws<ArgumentException>("options", () => _server.Respond(MessageType.Command, static _ => 1, new RouteOptions { Capacity = 0 }));
        await Assert.ThrowsAsync<ArgumentNullException>("metadata", () => _client.RequestAsync(null!, default(ReadOnlyMemory<byte>)));
        foreach (var time in new[] { TimeSpan.Zero, TimeSpan.FromSeconds(-2), TimeSpan.FromDays(25) })
        {
            await Assert.ThrowsAsync<ArgumentOutOfRangeException>("timeout", () => _client.RequestAsync(MessageType.Command, 1, timeout: time));
        }

        Assert.Equal(0, _client.GetStatistics().Requests.Made);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Under_every_fault_each_request_ends_once_and_with_its_own_answer(int seed)
    {
        using var network = new VirtualNetwork(_scheduler, (ulong)seed, new VirtualNetworkOptions
        {
            Conditions = new PathConditions
            {
                Latency = Latency,
                Jitter = Distribution.Uniform(TimeSpan.Zero, TimeSpan.FromSeconds(2)),
                Loss = LossModel.Random(0.2),
                Duplication = 0.2,
                Corruption = 0.1,
            },
        });
        using var server = UdpLink.Over(network.AddHost("b", "10.0.0.2").Listen("*:9000"));
        using var client = UdpLink.Over(network.AddHost("a", "10.0.0.1").Connect("b:9000"), new LinkOptions { MaximumRequests = 100, RequestTimeout = TimeSpan.FromSeconds(2) });
        using var responding = server.Respond(MessageType.Command, static message => message.DataAs<int>());
        var requests = new List<Task<Message>>();
        for (var i = 0; i < 1000; i++)
        {
            requests.Add(client.RequestAsync(MessageType.Command, i));
            Advance(0.01);
        }

        Advance(10);

        var answered = 0;
        for (var i = 0; i < requests.Count; i++)
        {
            Assert.True(requests[i].IsCompleted);
            if (requests[i].IsCompletedSuccessfully)
            {
                answered++;
                Assert.Equal(i, (await requests[i]).DataAs<int>());
            }
            else
            {
                Assert.True(requests[i].Exception?.InnerException is TimeoutException or InvalidOperationException);
            }
        }

        var statistics = client.GetStatistics().Requests;
        Assert.Equal(answered, statistics.Answered);
        Assert.InRange(answered, 100, 900);
        Assert.True(statistics is { Pending: 0, TimedOut: > 0, Unexpected: > 0, Refused: > 0 });
        Assert.Equal(1000, statistics.Answered + statistics.TimedOut + statistics.Refused);
        LedgerAssert.Balances(client.GetStatistics());
    }

    private static async Task<T> Done<T>(Task<T> task)
    {
        // Continuations run on the thread pool; the task itself has ended in virtual time.
        Assert.True(task.IsCompleted);
        return await task;
    }

    private UdpLink Client(LinkOptions options) => UdpLink.Over(_a.Connect("b:9000"), options);

    private void Reopen(LinkOptions options)
    {
        _client.Dispose();
        _client = Client(options);
    }

    private void AssertAccount()
    {
        var now = _client.GetStatistics().Requests;
        Assert.Equal(now.Made, now.Answered + now.Failed + now.TimedOut + now.Cancelled + now.Pending);
    }

    private byte[] Reply(string id, string data) =>
        Frame($$"""{"metadata":{"message_id":"udp_1","message_type":"acknowledgment","correlation_id":"{{id}}"},"data":{{data}}}""");

    private byte[] Frame(string envelope)
    {
        var frame = new ArrayBufferWriter<byte>();
        FrameFormat.CrcSequenced.Write(_number++, Encoding.UTF8.GetBytes(envelope), frame);
        return frame.WrittenSpan.ToArray();
    }

    private void Advance(double seconds) => _scheduler.AdvanceBy(TimeSpan.FromSeconds(seconds).Ticks);

    [JsonSerializable(typeof(int))]
    private sealed partial class Json : JsonSerializerContext;
}
