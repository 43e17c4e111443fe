namespace ReactiveLink.Tests.Transport;

/// <content>How a transport ends.</content>
public abstract partial class DatagramTransportContract
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Dispose_inside_a_datagram_callback_ends_every_stream(bool asynchronously)
    {
        var a = Open();
        var b = Open(start: false);
        var states = Record(b.State);
        var faults = Record(b.Faults);
        var atB = Record(b.Datagrams, _ =>
        {
            if (asynchronously)
            {
                b.DisposeAsync().AsTask().Wait();
            }
            else
            {
                b.Dispose();
            }
        });
        b.Start();

        Send(a, b, [1]);

        atB.WaitForEnd();
        states.WaitForEnd();
        faults.WaitForEnd();
        Assert.Single(atB.Values);
        atB.AssertGrammar();
    }

    [Fact]
    public void Dispose_inside_a_fault_callback_ends_every_stream()
    {
        var a = Open();
        var b = Open(start: false);
        var faults = Record(b.Faults, _ => b.Dispose());
        var atB = Record(b.Datagrams, _ => throw new InvalidOperationException());
        var other = Record(b.Datagrams);
        b.Start();

        Send(a, b, [1]);

        other.WaitForEnd();
        faults.WaitForEnd();
        Assert.Single(atB.Values);
    }

    [Fact]
    public void Dispose_inside_a_state_callback_ends_every_stream()
    {
        var b = Open();
        var atB = Record(b.Datagrams);
        var states = Record(b.State, state =>
        {
            if (state == ConnectionState.Connected)
            {
                b.Dispose();
            }
        });

        atB.WaitForEnd();
        states.WaitForEnd();
        Assert.Equal([ConnectionState.Connected, ConnectionState.Closed], states.Values);
    }

    [Fact]
    public async Task Dispose_twice_in_every_way_does_nothing_more()
    {
        var b = Open();
        var atB = Record(b.Datagrams);

        b.Dispose();
        b.Dispose();
        await b.DisposeAsync();
        await b.DisposeAsync();

        Assert.True(atB.Completed);
        atB.AssertGrammar();
    }

    [Fact]
    public async Task DisposeAsync_returns_when_every_stream_is_complete()
    {
        var b = Open();
        var atB = Record(b.Datagrams);
        var states = Record(b.State);
        var faults = Record(b.Faults);

        await b.DisposeAsync();

        Assert.True(atB.Completed && states.Completed && faults.Completed);
        Assert.Equal([ConnectionState.Connected, ConnectionState.Closed], states.Values);
    }

    [Fact]
    public void Dispose_before_start_completes_and_a_later_start_does_nothing()
    {
        var b = Open(start: false);
        var atB = Record(b.Datagrams);
        var states = Record(b.State);

        b.Dispose();
        b.Start();

        atB.WaitForEnd();
        states.WaitForEnd();
        Assert.Empty(atB.Values);
        Assert.Equal(ConnectionState.Closed, b.CurrentState);
    }

    [Fact]
    public async Task Nothing_follows_the_end_and_late_subscribers_get_only_the_end()
    {
        var a = Open();
        var b = Open();
        var address = AddressOf(b);
        var early = Record(b.Datagrams);
        await b.DisposeAsync();

        a.Send([1], address);
        Advance();
        var late = Record(b.Datagrams);
        var lateStates = Record(b.State);
        var lateFaults = Record(b.Faults);

        Assert.True(late.Completed && lateStates.Completed && lateFaults.Completed);
        Assert.Empty(late.Values);
        Assert.Equal([ConnectionState.Closed], lateStates.Values);
        Assert.Empty(early.Values);
        early.AssertGrammar();
    }

    [Fact]
    public void Send_after_dispose_throws_ObjectDisposedException()
    {
        var a = Open();
        var b = Open();
        a.Dispose();

        Assert.Throws<ObjectDisposedException>(() => a.Send([1], AddressOf(b)));
    }

    [Fact]
    public async Task State_is_connected_then_closed()
    {
        var b = Open();
        var states = Record(b.State);
        Assert.Equal(ConnectionState.Connected, b.CurrentState);

        await b.DisposeAsync();

        Assert.Equal(ConnectionState.Closed, b.CurrentState);
        Assert.Equal([ConnectionState.Connected, ConnectionState.Closed], states.Values);
        states.AssertGrammar();
    }

    [Fact]
    public void A_callback_that_waits_for_a_dispose_elsewhere_does_not_deadlock()
    {
        var a = Open();
        var b = Open(start: false);
        var done = false;
        var atB = Record(b.Datagrams, _ => done = Task.Run(b.Dispose).Wait(Recorder<int>.Deadline));
        b.Start();

        Send(a, b, [1]);

        atB.WaitForEnd();
        Assert.True(done);
    }
}
