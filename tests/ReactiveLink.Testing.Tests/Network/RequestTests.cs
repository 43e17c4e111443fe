namespace ReactiveLink.Testing.Tests.Network;

/// <summary>Requests of whole links over the network, and whose an answer is.</summary>
public sealed class RequestTests : RequestScene
{
    [Fact]
    public async Task An_answer_is_the_askers_alone()
    {
        var messages = Client.Messages.Record(Scheduler);
        var frames = Client.Frames.Record(Scheduler);
        var routed = 0;
        using var route = Client.Handle(static _ => true, _ => routed++);
        using var responding = Server.Respond(MessageType.Command, static _ => 1);

        var request = Client.RequestAsync(MessageType.Command, 1);
        Advance(1);
        await Done(request);

        Assert.Empty(messages.Values);
        Assert.Single(frames.Values);
        Assert.Equal(0, routed);
    }

    [Fact]
    public async Task Messages_that_answer_what_was_no_request_are_messages()
    {
        var messages = Client.Messages.Record(Scheduler);
        using var responding = Server.Respond(MessageType.Command, static _ => 1);
        var request = Client.RequestAsync(MessageType.Command, 1);
        Assert.True(Client.SendAsync(2, type: MessageType.Command).IsCompletedSuccessfully);
        Advance(1);
        await Done(request);

        Assert.Equal(MessageType.Acknowledgment, Assert.Single(messages.Values).Type);
    }

    [Fact]
    public async Task Without_an_answer_a_request_times_out_by_the_scheduler()
    {
        Reopen(new LinkOptions { RequestTimeout = TimeSpan.FromSeconds(2) });
        var byOption = Client.RequestAsync(MessageType.Command, 1);
        var bySelf = Client.RequestAsync(MessageType.Command, 1, timeout: TimeSpan.FromSeconds(3));
        var never = Client.RequestAsync(MessageType.Command, 1, timeout: Timeout.InfiniteTimeSpan);
        Advance(1.99);
        Assert.False(byOption.IsCompleted);
        Advance(0.02);
        await Assert.ThrowsAsync<TimeoutException>(() => Done(byOption));
        Assert.False(bySelf.IsCompleted);
        Advance(1);
        await Assert.ThrowsAsync<TimeoutException>(() => Done(bySelf));
        Advance(1000);
        Assert.False(never.IsCompleted);
        Assert.Equal((3, 2, 1), (Client.GetStatistics().Requests.Made, Client.GetStatistics().Requests.TimedOut, Client.GetStatistics().Requests.Pending));
    }

    [Fact]
    public async Task Answers_too_late_twice_or_from_another_are_counted_and_nobodys()
    {
        Client.Dispose();
        Client = UdpLink.Over(A.Listen("*:9100"), new LinkOptions());
        var messages = Client.Messages.Record(Scheduler);
        var stranger = B.Connect("a:9100");
        Message? asked = null;
        using var seen = Server.Messages.Subscribe(message => asked = message);
        var request = Client.RequestAsync(MessageType.Command, 1, to: new UdpEndpoint(B.Addresses[0], 9000), timeout: TimeSpan.FromSeconds(2));
        Advance(0.1);

        stranger.Send(Reply(asked!.Id, "666"));
        Advance(0.1);
        Assert.False(request.IsCompleted);
        Assert.Equal(1, Client.GetStatistics().Requests.Unexpected);

        for (var i = 0; i < 3; i++)
        {
            Assert.True(Server.SendAsync(7 + i, to: asked.Peer, correlationId: asked.Id).IsCompletedSuccessfully);
        }

        Advance(0.1);
        Assert.Equal(7, (await Done(request)).DataAs<int>());
        Assert.Equal(3, Client.GetStatistics().Requests.Unexpected);

        var late = Client.RequestAsync(MessageType.Command, 1, to: new UdpEndpoint(B.Addresses[0], 9000), timeout: TimeSpan.FromSeconds(2));
        Advance(3);
        await Assert.ThrowsAsync<TimeoutException>(() => Done(late));
        Assert.True(Server.SendAsync(9, to: asked.Peer, correlationId: asked.Id).IsCompletedSuccessfully);
        Advance(1);

        Assert.Equal(4, Client.GetStatistics().Requests.Unexpected);
        Assert.Empty(messages.Values);
    }

    [Fact]
    public async Task A_duplicated_answer_is_given_once()
    {
        Network.Path("b", "a").Conditions = new PathConditions { Latency = Latency, Duplication = 1 };
        using var responding = Server.Respond(MessageType.Command, static _ => 1);
        var request = Client.RequestAsync(MessageType.Command, 1);
        Advance(1);
        await Done(request);

        Assert.Equal((1, 1), (Client.GetStatistics().Requests.Answered, Client.GetStatistics().Requests.Unexpected));
    }

    [Fact]
    public async Task A_request_that_is_cancelled_ends_so()
    {
        using var cancellation = new CancellationTokenSource();
        var request = Client.RequestAsync(MessageType.Command, 1, cancellationToken: cancellation.Token);
        Advance(1);
        Assert.False(request.IsCompleted);

        await cancellation.CancelAsync();

        await Assert.ThrowsAsync<TaskCanceledException>(() => Done(request));
        await Assert.ThrowsAsync<TaskCanceledException>(() => Client.RequestAsync(MessageType.Command, 1, cancellationToken: cancellation.Token));
        Assert.Equal(new RequestStatistics(1, 0, 0, 0, 1, 0, 0, 0), Client.GetStatistics().Requests);
    }

    [Fact]
    public async Task No_more_requests_wait_than_may()
    {
        Reopen(new LinkOptions { MaximumRequests = 2 });
        var first = Client.RequestAsync(MessageType.Command, 1, timeout: TimeSpan.FromSeconds(1));
        var second = Client.RequestAsync(MessageType.Command, 2, timeout: TimeSpan.FromSeconds(1));
        var third = Client.RequestAsync(MessageType.Command, 3);

        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => Done(third));
        Assert.Equal("2 requests wait for their answers already, as many as MaximumRequests allows. Await some before the next, or raise MaximumRequests.", refusal.Message);
        Assert.Equal((2, 1, 2), (Client.GetStatistics().Requests.Made, Client.GetStatistics().Requests.Refused, Client.GetStatistics().MessagesSent));

        Advance(2);
        await Assert.ThrowsAsync<TimeoutException>(() => Done(first));
        await Assert.ThrowsAsync<TimeoutException>(() => Done(second));
        using var responding = Server.Respond(MessageType.Command, static _ => 1);
        var fourth = Client.RequestAsync(MessageType.Command, 4);
        Advance(1);
        await Done(fourth);
    }

    [Fact]
    public async Task What_cannot_be_sent_fails_and_leaves_nothing()
    {
        await Assert.ThrowsAsync<DatagramTooLargeException>(() => Client.RequestAsync(MessageType.Command, new string('x', 70_000)));
        await Assert.ThrowsAsync<InvalidOperationException>(() => Server.RequestAsync(MessageType.Command, 1));
        await Assert.ThrowsAsync<ArgumentException>(() => Client.RequestAsync(Client.CreateMetadata(), "no JSON"u8.ToArray()));

        Assert.Equal((2, 2, 0), (Client.GetStatistics().Requests.Made, Client.GetStatistics().Requests.Failed, Client.GetStatistics().Requests.Pending));
        Assert.Equal((1, 1, 0), (Server.GetStatistics().Requests.Made, Server.GetStatistics().Requests.Failed, Server.GetStatistics().Requests.Pending));
    }

    [Fact]
    public async Task A_link_that_closes_ends_its_requests()
    {
        var request = Client.RequestAsync(MessageType.Command, 1);
        Client.Dispose();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => Done(request));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => Client.RequestAsync(MessageType.Command, 1));
        Assert.Equal(1, Client.GetStatistics().Requests.Failed);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Under_every_fault_each_request_ends_once_and_with_its_own_answer(int seed)
    {
        using var network = new VirtualNetwork(Scheduler, (ulong)seed, new VirtualNetworkOptions
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

    [Fact]
    public async Task ArgumentChecking()
    {
        using var bytes = UdpLink.Over(A.Connect("b:9000"), new LinkOptions { Codec = MessageCodecs.Bytes });
        await Assert.ThrowsAsync<InvalidOperationException>(() => bytes.RequestAsync(MessageType.Command, Array.Empty<byte>()));
        await Assert.ThrowsAsync<ArgumentNullException>("metadata", () => Client.RequestAsync(null!, default(ReadOnlyMemory<byte>)));
        foreach (var time in new[] { TimeSpan.Zero, TimeSpan.FromSeconds(-2), TimeSpan.FromDays(25) })
        {
            await Assert.ThrowsAsync<ArgumentOutOfRangeException>("timeout", () => Client.RequestAsync(MessageType.Command, 1, timeout: time));
        }

        Assert.Equal(0, Client.GetStatistics().Requests.Made);
    }
}
