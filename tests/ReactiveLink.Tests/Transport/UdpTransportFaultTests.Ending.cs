using System.Net;
using System.Net.Sockets;
using ReactiveLink.Tests.Support;

namespace ReactiveLink.Tests.Transport;

/// <content>Ending in the midst of trouble.</content>
public sealed partial class UdpTransportFaultTests
{
    [Fact]
    public void Dispose_while_waiting_to_rebind_ends_at_once_and_opens_nothing()
    {
        var factory = new ScriptedFactory(new ScriptedSocket().Then(SocketError.NotSocket), new ScriptedSocket());
        var transport = Open(factory);
        transport.Start();
        _time.NextDelay();

        transport.Dispose();

        _datagrams.WaitForEnd();
        _states.WaitForEnd();
        Assert.Single(factory.Opened);
        Assert.Equal([ConnectionState.Connected, ConnectionState.Reconnecting, ConnectionState.Closed], _states.Values);
    }

    [Fact]
    public void Dispose_from_the_reconnecting_callback_ends_at_once()
    {
        var transport = Open(new ScriptedFactory(new ScriptedSocket().Then(SocketError.NotSocket), new ScriptedSocket()));
        var states = new Recorder<ConnectionState>(state =>
        {
            if (state == ConnectionState.Reconnecting)
            {
                transport.Dispose();
            }
        });
        transport.State.Subscribe(states);
        transport.Start();

        states.WaitForEnd();
        _datagrams.WaitForEnd();
        Assert.Equal([ConnectionState.Connected, ConnectionState.Reconnecting, ConnectionState.Closed], states.Values);
    }

    [Fact]
    public void A_defect_in_the_engine_ends_the_streams_with_an_error_not_the_process()
    {
        var defect = new InvalidOperationException("defect");
        var socket = new ScriptedSocket().Then(1).ThenThrow(defect);
        var transport = Start(socket);

        _datagrams.WaitForEnd();
        _states.WaitForEnd();
        Assert.Same(defect, _datagrams.Error);
        Assert.Equal(ConnectionState.Error, _states.Values[^1]);
        Assert.Equal(ConnectionState.Error, transport.CurrentState);
        Assert.True(socket.IsDisposed);
        transport.Dispose();
        Assert.Equal(ConnectionState.Error, transport.CurrentState);
    }

    [Fact]
    public void DisposeAsync_on_the_receive_thread_does_not_wait_for_itself()
    {
        var transport = Open(new ScriptedFactory(new ScriptedSocket().Then(1)));
        var completed = false;
        transport.Datagrams.Subscribe(new Recorder<Datagram>(_ => completed = transport.DisposeAsync().IsCompleted));
        transport.Start();

        _datagrams.WaitForEnd();
        Assert.True(completed);
    }

    [Fact]
    public void DisposeAsync_waits_two_seconds_of_the_schedulers_time_for_a_callback_and_no_longer()
    {
        using var release = new ManualResetEventSlim();
        using var inside = new ManualResetEventSlim();
        var transport = Open(new ScriptedFactory(new ScriptedSocket().Then(1)));
        transport.Datagrams.Subscribe(new Recorder<Datagram>(_ =>
        {
            inside.Set();
            release.Wait(Recorder<int>.Deadline);
        }));
        transport.Start();
        Eventually.Signalled(inside.WaitHandle, "the callback");

        var dispose = transport.DisposeAsync().AsTask();
        Assert.Equal(TimeSpan.FromSeconds(2), _time.NextDelay(ignored: DropCheck));
        Assert.False(dispose.IsCompleted);
        Assert.Equal(ConnectionState.Closed, transport.CurrentState);
        Advance(TimeSpan.FromSeconds(2));
        Eventually.True(() => dispose.IsCompleted, "DisposeAsync after two seconds");

        Assert.False(_datagrams.Completed);
        release.Set();
        _datagrams.WaitForEnd();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_link_tells_of_the_drops_that_are_found_when_it_closes(bool started)
    {
        var socket = new ScriptedSocket();
        using var link = UdpLink.Over(Open(new ScriptedFactory(socket)));
        var faults = new Recorder<Fault>();
        if (started)
        {
            link.Faults.Subscribe(faults);
        }
        else
        {
            // Subscribing to the link's own stream would start it.
            _transport.Datagrams.Subscribe(_ => { }, () => faults.OnCompleted());
            _transport.Faults.Subscribe(fault => faults.OnNext(fault));
        }

        socket.Drops = 7;
        link.Dispose();

        faults.WaitForEnd();
        Assert.Equal((FaultReason.KernelDrop, 7), (Assert.Single(faults.Values).Reason, faults.Values[0].Count));
        faults.AssertGrammar();
        Assert.Equal(7, link.GetStatistics().Ledger.Dropped[FaultReason.KernelDrop]);
        Assert.Equal(0, link.GetStatistics().Ledger.Unexplained);
    }

    [Fact]
    public void With_a_clock_that_has_stopped_the_drops_and_the_end_are_told_all_the_same()
    {
        var clock = new FailingClock();
        var socket = new ScriptedSocket().Then(1);
        using var transport = new UdpTransport(
            new UdpTransportOptions { Scheduler = clock }, new UdpEndpoint(IPAddress.Any, 0), remote: null, 65507, new ScriptedFactory(socket));
        transport.Faults.Subscribe(_faults);
        transport.State.Subscribe(_states);
        transport.Datagrams.Subscribe(new Recorder<Datagram>(_ => throw new InvalidOperationException("subscriber")) { OnEnd = () => throw new InvalidOperationException("at the end") });
        transport.Datagrams.Subscribe(_datagrams);
        clock.Fails = true;
        transport.Start();

        _datagrams.WaitForCount(1);
        socket.Drops = 7;
        Assert.Equal(7, transport.GetStatistics().Ledger.Dropped[FaultReason.KernelDrop]);
        socket.Drops = 9;
        transport.Dispose();

        _faults.WaitForEnd();
        Assert.True(_datagrams.Completed);
        Assert.Equal(ConnectionState.Closed, _states.Values[^1]);
        Assert.Equal(9, _faults.Values.Where(f => f.Reason == FaultReason.KernelDrop).Sum(f => f.Count));
        Assert.Equal(1, _faults.Values.Count(f => f.Reason == FaultReason.SubscriberFailed));
    }

    [Fact]
    public async Task DisposeAsync_with_a_scheduler_that_was_disposed_first_closes_without_an_error()
    {
        var clock = new FailingClock();
        var socket = new ScriptedSocket();
        var transport = new UdpTransport(
            new UdpTransportOptions { Scheduler = clock }, new UdpEndpoint(IPAddress.Any, 0), remote: null, 65507, new ScriptedFactory(socket));
        using var inside = new ManualResetEventSlim();
        using var release = new ManualResetEventSlim();
        transport.State.Subscribe(new Recorder<ConnectionState>());
        transport.Datagrams.Subscribe(
            _ =>
            {
                inside.Set();
                release.Wait(Recorder<int>.Deadline);
            },
            _datagrams.OnCompleted);
        transport.Start();
        socket.Then(1);
        Eventually.Signalled(inside.WaitHandle, "the callback");
        clock.TimersFail = true;

        await transport.DisposeAsync().AsTask().WaitAsync(Recorder<int>.Deadline);

        Assert.True(socket.IsDisposed);
        clock.TimersFail = false;
        release.Set();
        _datagrams.WaitForEnd();
    }

    [Fact]
    public void A_system_that_cannot_list_its_interfaces_just_now_is_asked_again()
    {
        var transport = Start(
            new ScriptedSocket().Then(SocketError.NotSocket),
            new System.Net.NetworkInformation.NetworkInformationException(19),
            new ScriptedSocket().Then(1));

        Advance(_time.NextDelay(ignored: DropCheck));
        Advance(_time.NextDelay(ignored: DropCheck));

        _datagrams.WaitForCount(1);
        Assert.Equal(ConnectionState.Connected, transport.CurrentState);
        Assert.IsType<System.Net.NetworkInformation.NetworkInformationException>(_faults.WaitForOne(f => f.Detail == "rebind", "a fault").Exception);
    }

    [Fact]
    public void A_scheduler_that_throws_leaves_no_socket_open()
    {
        var socket = new ScriptedSocket();
        var options = new UdpTransportOptions { Scheduler = new StoppedScheduler() };

        Assert.Throws<InvalidOperationException>(() => new UdpTransport(options, new UdpEndpoint(IPAddress.Any, 0), remote: null, 65507, new ScriptedFactory(socket)));

        Assert.True(socket.IsDisposed);
    }

    private sealed class StoppedScheduler : System.Reactive.Concurrency.LocalScheduler, System.Reactive.Concurrency.IStopwatchProvider
    {
        public new System.Reactive.Concurrency.IStopwatch StartStopwatch() => throw new InvalidOperationException("stopped");

        System.Reactive.Concurrency.IStopwatch System.Reactive.Concurrency.IStopwatchProvider.StartStopwatch() => throw new InvalidOperationException("stopped");

        protected override object GetService(Type serviceType) => this;

        public override IDisposable Schedule<TState>(
            TState state, TimeSpan dueTime, Func<System.Reactive.Concurrency.IScheduler, TState, IDisposable> action) => throw new InvalidOperationException("stopped");
    }
}
