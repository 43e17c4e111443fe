using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using ReactiveLink.Transport;

namespace ReactiveLink.Tests.Transport;

/// <summary>What the transport makes of errors, in virtual time, with sockets that do as told.</summary>
public sealed partial class UdpTransportFaultTests : IDisposable
{
    private static readonly TimeSpan DropCheck = TimeSpan.FromMilliseconds(100);

    private readonly SignallingTestScheduler _time = new();
    private readonly Recorder<Datagram> _datagrams = new();
    private readonly Recorder<Fault> _faults = new();
    private readonly Recorder<ConnectionState> _states = new();
    private UdpTransport _transport = null!;

    public void Dispose() => _transport?.Dispose();

    private UdpTransport Open(ScriptedFactory factory, UdpTransportOptions? options = null, UdpEndpoint? remote = null)
    {
        options = (options ?? new UdpTransportOptions { RebindDelay = TimeSpan.FromMilliseconds(150) }) with { Scheduler = _time };
        _transport = new UdpTransport(options, new UdpEndpoint(IPAddress.Any, 0), remote, 65507, factory);
        _transport.Datagrams.Subscribe(_datagrams);
        _transport.Faults.Subscribe(_faults);
        _transport.State.Subscribe(_states);
        return _transport;
    }

    private UdpTransport Start(params object[] sockets)
    {
        var transport = Open(new ScriptedFactory(sockets));
        transport.Start();
        return transport;
    }

    private void Advance(TimeSpan time) => _time.AdvanceBy(time.Ticks);

    public static TheoryData<SocketError> PassingErrors =>
    [
        SocketError.ConnectionRefused, SocketError.ConnectionReset, SocketError.MessageSize, SocketError.NoBufferSpaceAvailable,
        SocketError.Interrupted, SocketError.WouldBlock, SocketError.TryAgain, SocketError.TimedOut, SocketError.NetworkUnreachable,
        SocketError.HostUnreachable, SocketError.NetworkDown, SocketError.NetworkReset, SocketError.HostDown, SocketError.AccessDenied,
        SocketError.ProtocolOption, SocketError.SocketError,
    ];

    public static TheoryData<SocketError> FatalErrors =>
    [
        SocketError.OperationAborted, SocketError.NotSocket, SocketError.Shutdown, SocketError.InvalidArgument, SocketError.HostNotFound,
    ];

    [Theory]
    [MemberData(nameof(PassingErrors))]
    public void A_passing_error_is_a_counted_fault_and_the_stream_goes_on(SocketError error)
    {
        var transport = Start(new ScriptedSocket().Then(1).Then(error).Then(2));

        _datagrams.WaitForCount(2);

        var fault = _faults.WaitForOne(f => f.Reason == FaultReason.SocketError, "a socket-error fault");
        Assert.Equal(error, Assert.IsType<SocketException>(fault.Exception).SocketErrorCode);
        Assert.Equal(1, transport.GetStatistics().SocketErrors);
        Assert.Equal(0, transport.GetStatistics().Ledger.Unexplained);
        Assert.Equal([ConnectionState.Connected], _states.Values);
        Assert.Equal([1, 2], _datagrams.Values.Select(d => (int)d.Payload.Span[0]));
    }

    [Theory]
    [MemberData(nameof(FatalErrors))]
    public void A_dead_socket_is_bound_again_on_the_same_port(SocketError error)
    {
        var first = new ScriptedSocket().Then(1).Then(error);
        var second = new ScriptedSocket().Then(2);
        var factory = new ScriptedFactory(first, second);
        var transport = Open(factory);
        transport.Start();

        Assert.Equal(TimeSpan.FromMilliseconds(150), _time.NextDelay(ignored: DropCheck));
        Assert.Equal([ConnectionState.Connected, ConnectionState.Reconnecting], _states.Values);
        Assert.Equal(ConnectionState.Reconnecting, transport.CurrentState);
        Assert.True(first.IsDisposed);
        Assert.Throws<DatagramSendException>(() => transport.Send([1], ScriptedSocket.Peer));

        Advance(TimeSpan.FromMilliseconds(149));
        Assert.Single(factory.Opened);
        Advance(TimeSpan.FromMilliseconds(1));

        _datagrams.WaitForCount(2);
        Assert.Equal([ConnectionState.Connected, ConnectionState.Reconnecting, ConnectionState.Connected], _states.Values);
        Assert.Equal([new UdpEndpoint(IPAddress.Any, 0), new UdpEndpoint(IPAddress.Any, 4000)], factory.Opened);
        Assert.Equal(1, transport.GetStatistics().Rebinds);
        Assert.Equal(0, transport.GetStatistics().Ledger.Unexplained);
    }

    [Fact]
    public void Drops_that_datagrams_tell_are_counted_once_on_each_of_two_sockets()
    {
        static ReceivedDatagram After(uint drops, byte mark) => new(new[] { mark }, in ScriptedSocket.Peer.Key) { Drops = drops };
        var transport = Start(
            new ScriptedSocket { Drops = null }.Then(After(5, 1), After(5, 2)).Then(SocketError.NotSocket),
            new ScriptedSocket { Drops = null }.Then(After(5, 3), After(5, 4), After(7, 5)));

        Advance(_time.NextDelay(ignored: DropCheck));
        _datagrams.WaitForCount(5);

        Assert.Equal([5L, 5, 2], _faults.Values.Where(f => f.Reason == FaultReason.KernelDrop).Select(f => f.Count));
        Assert.Equal((17, 5, 12), (transport.GetStatistics().Ledger.Received, transport.GetStatistics().Ledger.Delivered, transport.GetStatistics().Ledger.Dropped[FaultReason.KernelDrop]));
    }

    [Fact]
    public void Rebinding_backs_off_doubling_to_the_maximum_and_a_datagram_sets_it_back()
    {
        object fails = new LinkOpenException("not yet");
        var third = new ScriptedSocket();
        var transport = Open(
            new ScriptedFactory(
                new ScriptedSocket().Then(SocketError.NotSocket), fails, fails, fails, fails,
                new ScriptedSocket().Then(SocketError.NotSocket),
                new ScriptedSocket().Then(1).Then(SocketError.NotSocket), third),
            new UdpTransportOptions { RebindDelay = TimeSpan.FromMilliseconds(150), MaximumRebindDelay = TimeSpan.FromSeconds(1) });
        transport.Start();

        // Four failures, a success without a datagram (so no setting back), then one with a datagram.
        foreach (var expected in new[] { 150, 300, 600, 1000, 1000, 1000, 150 })
        {
            var delay = _time.NextDelay(ignored: DropCheck);
            Assert.Equal(expected, delay.TotalMilliseconds);
            Advance(delay);
        }

        _states.WaitFor(states => states.Count == 7, "the third reconnection");
        Assert.Equal(3, transport.GetStatistics().Rebinds);
        Assert.Equal(4, _faults.Values.Count(f => f is { Reason: FaultReason.SocketError, Detail: "rebind" }));
        Assert.Equal(3, transport.GetStatistics().SocketErrors);
    }

    [Fact]
    public void An_error_that_does_not_pass_is_paused_between_and_then_the_socket_is_bound_again()
    {
        var second = new ScriptedSocket().Then(1);
        var transport = Start(
            new ScriptedSocket().Then([.. Enumerable.Repeat(SocketError.NoBufferSpaceAvailable, 64)]), second);

        var pauses = new List<double>();
        TimeSpan delay;
        while ((delay = _time.NextDelay()) != TimeSpan.FromMilliseconds(150))
        {
            pauses.Add(delay.TotalMilliseconds);
            Advance(delay);
        }

        Advance(delay);
        _datagrams.WaitForCount(1);
        Assert.Equal([1, 2, 4, 8, 16, 32, 64, 100], pauses.Take(8));
        Assert.Equal(48, pauses.Count);
        Assert.Equal(64, transport.GetStatistics().SocketErrors);
        Assert.Equal(1, transport.GetStatistics().Rebinds);
    }

    public static TheoryData<SocketError> IcmpErrors =>
    [
        SocketError.ConnectionRefused, SocketError.ConnectionReset, SocketError.HostUnreachable, SocketError.NetworkUnreachable, SocketError.HostDown,
        SocketError.AccessDenied, SocketError.MessageSize, SocketError.ProtocolOption,
    ];

    [Theory]
    [MemberData(nameof(IcmpErrors))]
    public void A_thousand_ICMP_errors_neither_pause_the_loop_nor_cost_the_socket(SocketError error)
    {
        var transport = Start(new ScriptedSocket().Then([.. Enumerable.Repeat(error, 1000)]).Then(1));

        _datagrams.WaitForCount(1);
        Assert.Equal(1000, transport.GetStatistics().SocketErrors);
        Assert.Equal(0, transport.GetStatistics().Rebinds);
        Assert.Equal([ConnectionState.Connected], _states.Values);
    }

    [Fact]
    public void An_ICMP_error_that_does_not_pass_is_paused_after_every_second_time_and_never_costs_the_socket()
    {
        const int Errors = ReceiveLoop.IcmpErrorsBeforePause + 100;
        var transport = Start(new ScriptedSocket().Then([.. Enumerable.Repeat(SocketError.ConnectionRefused, Errors)]).Then(1));

        for (var i = 0; i <= 50; i++)
        {
            var delay = _time.NextDelay();
            Assert.Equal(TimeSpan.FromMilliseconds(1), delay);
            Advance(delay);
        }

        _datagrams.WaitForCount(1);
        Assert.Equal((Errors, 0), (transport.GetStatistics().SocketErrors, transport.GetStatistics().Rebinds));
    }

    [Theory]
    [InlineData(FaultReason.Truncated)]
    [InlineData(FaultReason.NotMember)]
    public void A_refused_datagram_is_accounted_and_a_fault_with_its_sender(FaultReason reason)
    {
        var transport = Start(new ScriptedSocket().Then(1).ThenRefused(reason).Then(2));

        _datagrams.WaitForCount(2);

        var fault = Assert.Single(_faults.Values);
        Assert.Equal(reason, fault.Reason);
        Assert.Equal(ScriptedSocket.Peer, fault.Peer);
        var ledger = transport.GetStatistics().Ledger;
        Assert.Equal(3, ledger.Received);
        Assert.Equal(2, ledger.Delivered);
        Assert.Equal(1, ledger.Dropped[reason]);
        Assert.Equal(0, ledger.Unexplained);
    }

    [Fact]
    public void Kernel_drops_are_counted_and_reported_soon_after_traffic_without_a_further_datagram()
    {
        var socket = new ScriptedSocket().Then(1);
        var transport = Start(socket);
        Assert.Equal(DropCheck, _time.NextDelay());

        socket.Drops = 7;
        Advance(DropCheck);

        var fault = _faults.WaitForOne(f => f.Reason == FaultReason.KernelDrop, "a kernel-drop fault");
        Assert.Equal(7, fault.Count);
        var ledger = transport.GetStatistics().Ledger;
        Assert.Equal(8, ledger.Received);
        Assert.Equal(7, ledger.Dropped[FaultReason.KernelDrop]);
        Assert.Equal(0, ledger.Unexplained);
    }

    [Fact]
    public void Kernel_drops_found_by_a_snapshot_are_in_it_and_a_fault_of_their_own()
    {
        var socket = new ScriptedSocket();
        var transport = Start(socket);

        socket.Drops = 3;
        Assert.Equal(3, transport.GetStatistics().Ledger.Dropped[FaultReason.KernelDrop]);
        socket.Drops = 5;
        Assert.Equal(5, transport.GetStatistics().Ledger.Dropped[FaultReason.KernelDrop]);

        _faults.WaitForCount(2);
        Assert.Equal([3, 2], _faults.Values.Select(f => f.Count));
    }

    [Fact]
    public void Kernel_drops_of_successive_sockets_add_up_and_those_at_the_end_are_reported_before_it()
    {
        var first = new ScriptedSocket { Drops = 2 }.Then(SocketError.NotSocket);
        var second = new ScriptedSocket { Drops = 3 };
        var transport = Start(first, second);
        Advance(_time.NextDelay(ignored: DropCheck));
        _states.WaitFor(s => s.Count == 3, "connected again");

        transport.Dispose();

        _faults.WaitForEnd();
        Assert.Equal([2, 3], _faults.Values.Where(f => f.Reason == FaultReason.KernelDrop).Select(f => f.Count));
        Assert.Equal(5, transport.GetStatistics().Ledger.Received);
    }

    [Fact]
    public void A_logger_that_throws_does_no_harm()
    {
        var transport = Open(
            new ScriptedFactory(new ScriptedSocket().Then(SocketError.NotSocket), new ScriptedSocket().Then(1)),
            new UdpTransportOptions { RebindDelay = TimeSpan.FromMilliseconds(150), LoggerFactory = new ThrowingLoggers() });
        transport.Start();
        Advance(_time.NextDelay());

        _datagrams.WaitForCount(1);
        transport.Dispose();
        _datagrams.WaitForEnd();
        Assert.True(_datagrams.Completed);
    }

    private sealed class ThrowingLoggers : ILoggerFactory, ILogger
    {
        public void AddProvider(ILoggerProvider provider)
        {
        }

        public ILogger CreateLogger(string categoryName) => this;

        public void Dispose()
        {
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            throw new InvalidOperationException("logger");
    }
}
