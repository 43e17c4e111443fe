using System.Reactive;
using System.Reactive.Linq;
using System.Text;
using Microsoft.Reactive.Testing;

namespace ReactiveLink.Tests.Transport;

public sealed class ParseLinesTests : ParseContract
{
    private static Datagram Of(string payload) => new(Encoding.UTF8.GetBytes(payload), Peer, DateTimeOffset.UnixEpoch, TimeSpan.Zero);

    private static Fault Refused(string? detail) => new(FaultReason.ParseFailed, DateTimeOffset.UnixEpoch, Peer, Detail: detail);

    private static bool TryParse(ReadOnlyMemory<byte> line, out string value, out string? error)
    {
        value = Encoding.UTF8.GetString(line.Span);
        error = value == "bad" ? "it is bad" : null;
        return value == "throw" ? throw new FormatException(value) : error is null;
    }

    private protected override Datagram Saying(int number) => Of($"{number}\r\n");

    private protected override IObservable<int> Numbers(IObservable<Datagram> source) => source.ParseLines<string>(TryParse, Faults).Select(line => line[0] - '0');

    [Fact]
    public void ArgumentChecking()
    {
        var source = Observable.Never<Datagram>();
        Assert.Throws<ArgumentNullException>(() => ParseOperator.ParseLines<string>(null!, TryParse));
        Assert.Throws<ArgumentNullException>(() => source.ParseLines<string>(null!));
        Assert.Throws<ArgumentNullException>(() => source.ParseLines<string>(TryParse).Subscribe(null!));
    }

    [Fact]
    public void Dispose_from_a_line_leaves_the_rest_of_the_datagram()
    {
        var source = Scheduler.CreateHotObservable(OnNext(210, Of("a\nb\nbad\nc")));
        List<string> seen = [];
        IDisposable? subscription = null;

        subscription = source.ParseLines<string>(TryParse, Faults).Subscribe(line =>
        {
            seen.Add(line);
            if (line == "b")
            {
                subscription!.Dispose();
            }
        });
        Scheduler.Start();

        Assert.Equal(["a", "b"], seen);
        Faults.Messages.AssertEqual();
        source.Subscriptions.AssertEqual(Subscribe(0, 210));
    }

    [Fact]
    public void SelectorThrows()
    {
        var source = Scheduler.CreateHotObservable(OnNext(210, Of("a\nthrow\nb")));

        var result = Scheduler.Start(() => source.ParseLines<string>(TryParse, Faults));

        result.Messages.AssertEqual(OnNext(210, "a"), OnNext(210, "b"));
        source.Subscriptions.AssertEqual(Subscribe(200, 1000));
        var fault = Assert.Single(Faults.Messages).Value.Value;
        Assert.Equal((FaultReason.ParseFailed, Peer, (string?)null), (fault.Reason, fault.Peer!, fault.Detail));
        Assert.IsType<FormatException>(fault.Exception);
    }

    [Fact]
    public void A_refused_line_is_a_fault_with_its_reason_and_the_next_one_is_read()
    {
        var source = Scheduler.CreateHotObservable(OnNext(210, Of("bad\na\nbad\nb")));

        var result = Scheduler.Start(() => source.ParseLines<string>(TryParse, Faults));

        result.Messages.AssertEqual(OnNext(210, "a"), OnNext(210, "b"));
        Faults.Messages.AssertEqual(OnNext(210, Refused("it is bad")), OnNext(210, Refused("it is bad")));
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
        var source = Scheduler.CreateHotObservable(OnNext(210, Of(payload)));

        var result = Scheduler.Start(() => source.ParseLines<string>(TryParse, Faults));

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
        var source = Scheduler.CreateHotObservable(OnNext(210, Of("bad\nbad\na")));

        var result = Scheduler.Start(() => source.ParseLines<string>(TryParse, thrower));

        result.Messages.AssertEqual(OnNext(210, "a"));
        Assert.Equal(1, calls);
    }
}
