using System.Text.Json.Serialization;

namespace ReactiveLink.Testing.Tests.Network;

/// <summary>Handlers whose results are answers to requests, over the network.</summary>
public sealed partial class RespondTests : RequestScene
{
    [Fact]
    public async Task A_request_gets_the_handlers_result()
    {
        Message? asked = null;
        using var responding = Server.Respond(MessageType.Command, message =>
        {
            asked = message;
            return message.DataAs<int>() * 2;
        });

        var request = Client.RequestAsync(MessageType.Command, 21, priority: Priority.High, destination: "server");
        Advance(1);

        var reply = await Done(request);
        Assert.Equal(42, reply.DataAs<int>());
        Assert.Equal((MessageType.Acknowledgment, asked!.Id, Priority.High, "reactivelink", "server"), (reply.Type, reply.CorrelationId, reply.Priority, reply.Destination, reply.Source));
        Assert.Equal("server", asked.Destination);
        Assert.Equal(new RequestStatistics(1, 1, 0, 0, 0, 0, 0, 0), Client.GetStatistics().Requests);
    }

    [Fact]
    public async Task Every_shape_of_handler_answers()
    {
        using var one = Server.Respond(new MessageType("value task"), (message, _) => new ValueTask<int>(message.DataAs<int>() + 1));
        using var two = Server.Respond(new MessageType("task"), async message =>
        {
            await Task.CompletedTask;
            return message.DataAs<int>() + 2;
        });
        using var three = Server.Respond(new MessageType("typed"), (message, _) => new ValueTask<int>(message.DataAs<int>() + 3), Json.Default.Int32);
        using var four = Server.Respond(new MessageType("data alone"), (int value, CancellationToken _) => new ValueTask<int>(value + 4), Json.Default.Int32, Json.Default.Int32);
        var requests = new[] { "value task", "task", "typed", "data alone" }.Select(type => Client.RequestAsync(new MessageType(type), 10, Json.Default.Int32)).ToList();
        var typed = Client.RequestAsync(new MessageType("typed"), 10, Json.Default.Int32, Json.Default.Int32);
        var encoded = Client.RequestAsync(Client.CreateMetadata(type: new MessageType("typed")), "20"u8.ToArray());
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

    [Theory]
    [InlineData("throws", "handler-failed", FaultReason.HandlerFailed)]
    [InlineData("hangs", "handler-timeout", FaultReason.HandlerTimeout)]
    [InlineData("wants other data", "decode-failed", FaultReason.HandlerFailed)]
    [InlineData("says too much", "oversize", FaultReason.HandlerFailed)]
    public async Task A_handler_that_fails_answers_with_an_error(string manner, string error, FaultReason reason)
    {
        using var responding = Server.Respond<object>(
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

        var request = Client.RequestAsync(MessageType.Command, 1);
        Advance(2);

        // What awaits goes on off this thread, which has a context of the test framework.
        Assert.True(SpinWait.SpinUntil(() => Server.GetStatistics().MessagesSent == 1, TimeSpan.FromSeconds(30)));
        Advance(1);

        var failure = await Assert.ThrowsAsync<RequestFailedException>(() => Done(request));
        Assert.Equal($$"""{"error":"{{error}}"}""", failure.Reply.DataAsText());
        Assert.Equal(MessageType.Error, failure.Reply.Type);
        Assert.Contains(error, failure.Message, StringComparison.Ordinal);
        Assert.Contains(ServerFaults, fault => fault.Reason == reason);
        Assert.Equal(1, Client.GetStatistics().Requests.Failed);
    }

    [Fact]
    public async Task A_responder_that_is_disposed_answers_no_more()
    {
        var responding = Server.Respond(MessageType.Command, static _ => 1);
        responding.Dispose();
        responding.Dispose();
        var request = Client.RequestAsync(MessageType.Command, 1);
        Advance(10);

        await Assert.ThrowsAsync<TimeoutException>(() => Done(request));
    }

    [Fact]
    public async Task A_server_may_ask_its_clients()
    {
        using var responding = Client.Respond(MessageType.Configuration, static message => "from the client, " + message.DataAs<string>());
        UdpEndpoint? client = null;
        using var seen = Server.Messages.Subscribe(message => client = message.Peer);
        Assert.True(Client.SendAsync("hello").IsCompletedSuccessfully);
        Advance(0.1);

        var request = Server.RequestAsync(MessageType.Configuration, "to the server", to: client);
        Advance(0.1);

        Assert.Equal("from the client, to the server", (await Done(request)).DataAs<string>());
    }

    [Fact]
    public async Task A_multicast_request_is_answered_by_the_first()
    {
        var group = "239.1.2.3:9200";
        using var members = UdpLink.Over(B.Listen("*:9200", transport => transport with { MulticastGroups = [MulticastGroup.Parse("239.1.2.3")] }));
        using var responding = members.Respond(MessageType.Command, static _ => "here");
        using var asker = UdpLink.Over(A.Connect(group));
        var request = asker.RequestAsync(MessageType.Command, 1);
        Advance(1);

        Assert.Equal("here", (await Done(request)).DataAs<string>());
    }

    [Fact]
    public void A_message_without_an_id_is_handled_and_not_answered()
    {
        var handled = 0;
        using var responding = Server.Respond(MessageType.Command, _ => ++handled);
        var transport = A.Connect("b:9000");
        transport.Send(Frame("""{"metadata":{"message_type":"command"},"data":1}"""));
        Advance(1);

        Assert.Equal(1, handled);
        Assert.Equal(0, Server.GetStatistics().MessagesSent);
    }

    [Fact]
    public void ArgumentChecking()
    {
        using var bytes = UdpLink.Over(A.Connect("b:9000"), new LinkOptions { Codec = MessageCodecs.Bytes });
        Assert.Throws<InvalidOperationException>(() => bytes.Respond(MessageType.Command, static _ => 1));
        Assert.Throws<ArgumentException>("type", () => Server.Respond(MessageType.Acknowledgment, static _ => 1));
        Assert.Throws<ArgumentException>("type", () => Server.Respond(MessageType.Error, static _ => 1));
        Assert.Throws<ArgumentNullException>("handler", () => Server.Respond(MessageType.Command, (Func<Message, int>)null!));
        Assert.Throws<ArgumentNullException>("handler", () => Server.Respond(MessageType.Command, (Func<Message, Task<int>>)null!));
        Assert.Throws<ArgumentNullException>("handler", () => Server.Respond(MessageType.Command, (Func<Message, CancellationToken, ValueTask<int>>)null!));
        Assert.Throws<ArgumentException>("options", () => Server.Respond(MessageType.Command, static _ => 1, new RouteOptions { Capacity = 0 }));
    }

    [JsonSerializable(typeof(int))]
    private sealed partial class Json : JsonSerializerContext;
}
