using System.Net;
using System.Reactive;
using System.Reactive.Linq;
using System.Text;
using Microsoft.Reactive.Testing;

namespace ReactiveLink.Tests.Transport;

public sealed class ParseLinesTests : ReactiveTest
{
    private static readonly UdpEndpoint Peer = new(IPAddress.Loopback, 7);

    private readonly TestScheduler _scheduler = new();
    private readonly ITestableObserver<Fault> _faults;

    public ParseLinesTests() => _faults = _scheduler.CreateObserver<Fault>();

    private static Datagram Of(string payload) => new(Encoding.UTF8.GetBytes(payload), Peer, DateTimeOffset.UnixEpoch, TimeSpan.Zero);

    private static Fault Refused(string? detail) => new(FaultReason.ParseFailed, DateTimeOffset.UnixEpoch, Peer, Detail: detail);

    private static bool TryParse(ReadOnlyMemory<byte> line, out string value, out string? error)
    {
        value = Encoding.UTF8.GetString(line.Span);
        error = value == "bad" ? "it is bad" : null;
        return value == "throw" ? throw new FormatException(value) : error is null;
    }

    [Fact]
    public void ArgumentChecking()
    {
        var source = Observable.Never<Datagram>();
        Assert.Throws<ArgumentNullException>(() => ParseOperator.ParseLines<string>(null!, TryParse));
        Assert.Throws<ArgumentNullException>(() => source.ParseLines<string>(null!));
        Assert.Throws<ArgumentNullException>(() => source.ParseLines<string>(TryParse).Subscribe(null!));
    }

    [Fact]
    public void Never()
    {
        var source = _scheduler.CreateHotObservable<Datagram>();

        var result = _scheduler.Start(() => source.ParseLines<string>(TryParse, _faults));

        result.Messages.AssertEqual();
        source.Subscriptions.AssertEqual(Subscribe(200, 1000));
    }

    [Fact]
    public void Empty()
    {
        var source = _scheduler.CreateHotObservable(OnCompleted<Datagram>(250));

        var result = _scheduler.Start(() => source.ParseLines<string>(TryParse, _faults));

        result.Messages.AssertEqual(OnCompleted<string>(250));
        source.Subscriptions.AssertEqual(Subscribe(200, 250));
        _faults.Messages.AssertEqual();
    }

    [Fact]
    public void Error()
    {
        var error = new InvalidOperationException();
        var source = _scheduler.CreateHotObservable(OnNext(210, Of("a\nb")), OnError<Datagram>(250, error));

        var result = _scheduler.Start(() => source.ParseLines<string>(TryParse, _faults));

        result.Messages.AssertEqual(OnNext(210, "a"), OnNext(210, "b"), OnError<string>(250, error));
        source.Subscriptions.AssertEqual(Subscribe(200, 250));
        _faults.Messages.AssertEqual();
    }

    [Fact]
    public void Dispose()
    {
        var source = _scheduler.CreateHotObservable(OnNext(210, Of("a")), OnNext(230, Of("b")));

        var result = _scheduler.Start(() => source.ParseLines<string>(TryParse, _faults), 220);

        result.Messages.AssertEqual(OnNext(210, "a"));
        source.Subscriptions.AssertEqual(Subscribe(200, 220));
    }

    [Fact]
    public void Dispose_from_a_line_leaves_the_rest_of_the_datagram()
    {
        var source = _scheduler.CreateHotObservable(OnNext(210, Of("a\nb\nbad\nc")));
        List<string> seen = [];
        IDisposable? subscription = null;

        subscription = source.ParseLines<string>(TryParse, _faults).Subscribe(line =>
        {
            seen.Add(line);
            if (line == "b")
            {
                subscription!.Dispose();
            }
        });
        _scheduler.Start();

        Assert.Equal(["a", "b"], seen);
        _faults.Messages.AssertEqual();
        source.Subscriptions.AssertEqual(Subscribe(0, 210));
    }

    [Fact]
    public void SelectorThrows()
    {
        var source = _scheduler.CreateHotObservable(OnNext(210, Of("a\nthrow\nb")));

        var result = _scheduler.Start(() => source.ParseLines<string>(TryParse, _faults));

        result.Messages.AssertEqual(OnNext(210, "a"), OnNext(210, "b"));
        source.Subscriptions.AssertEqual(Subscribe(200, 1000));
        var fault = Assert.Single(_faults.Messages).Value.Value;
        Assert.Equal((FaultReason.ParseFailed, Peer, (string?)null), (fault.Reason, fault.Peer!, fault.Detail));
        Assert.IsType<FormatException>(fault.Exception);
    }

    [Fact]
    public void A_refused_line_is_a_fault_with_its_reason_and_the_next_one_is_read()
    {
        var source = _scheduler.CreateHotObservable(OnNext(210, Of("bad\na\nbad\nb")));

        var result = _scheduler.Start(() => source.ParseLines<string>(TryParse, _faults));

        result.Messages.AssertEqual(OnNext(210, "a"), OnNext(210, "b"));
        _faults.Messages.AssertEqual(OnNext(210, Refused("it is bad")), OnNext(210, Refused("it is bad")));
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("\n", "")]
    [InlineData("\r\n\n\r\n", "")]
    [InlineData("a", "a")]
    [InlineData("a\n", "a")]
    [InlineData("a\r\nb\r\n", "a|b")]
    [InlineData("\na\n\n\nb", "a|b")]
    [InlineData("a\rb\r\r\n", "a\rb\r")]
    [InlineData(" \n", " ")]
    public void Lines_end_at_LF_or_CR_LF_and_empty_ones_are_left_out(string payload, string expected)
    {
        var source = _scheduler.CreateHotObservable(OnNext(210, Of(payload)));

        var result = _scheduler.Start(() => source.ParseLines<string>(TryParse, _faults));

        Assert.Equal(expected, string.Join('|', result.Messages.Select(message => message.Value.Value)));
    }

    [Fact]
    public void A_line_is_a_part_of_the_payload_and_no_copy()
    {
        var payload = "ab\ncd"u8.ToArray();
        List<(byte[]? Array, int Offset)> lines = [];
        var source = Observable.Return(new Datagram(payload, Peer, DateTimeOffset.UnixEpoch, TimeSpan.Zero));

        source.ParseLines<ReadOnlyMemory<byte>>((ReadOnlyMemory<byte> line, out ReadOnlyMemory<byte> value, out string? error) =>
        {
            (value, error) = (line, null);
            return true;
        }).Subscribe(line =>
        {
            Assert.True(System.Runtime.InteropServices.MemoryMarshal.TryGetArray(line, out var array));
            lines.Add((array.Array, array.Offset));
        });

        Assert.Equal([(payload, 0), (payload, 3)], lines);
    }

    [Fact]
    public void A_fault_observer_that_throws_is_not_called_again_and_the_stream_goes_on()
    {
        var calls = 0;
        var thrower = Observer.Create<Fault>(_ =>
        {
            calls++;
            throw new InvalidOperationException();
        });
        var source = _scheduler.CreateHotObservable(OnNext(210, Of("bad\nbad\na")));

        var result = _scheduler.Start(() => source.ParseLines<string>(TryParse, thrower));

        result.Messages.AssertEqual(OnNext(210, "a"));
        Assert.Equal(1, calls);
    }
}
