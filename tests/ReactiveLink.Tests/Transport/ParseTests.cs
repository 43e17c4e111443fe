using System.Diagnostics.CodeAnalysis;
using System.Reactive;
using Microsoft.Reactive.Testing;

namespace ReactiveLink.Tests.Transport;

public sealed class ParseTests : ParseContract
{
    private static Datagram Of(params byte[] payload) => new(payload, Peer, DateTimeOffset.UnixEpoch.AddSeconds(payload.Length), TimeSpan.Zero);

    /// <summary>A parser as foreign libraries have them: by method group, with the usual annotation.</summary>
    private static bool TryParse(ReadOnlySpan<byte> payload, out int value)
    {
        value = payload.IsEmpty ? -1 : payload[0];
        return value != 66 ? value >= 0 : throw new FormatException("66");
    }

    private static bool TryParseText(ReadOnlySpan<byte> payload, [NotNullWhen(true)] out string? value)
    {
        value = payload.IsEmpty ? null : System.Text.Encoding.UTF8.GetString(payload);
        return value is not null;
    }

    private static bool TryParseMemory(ReadOnlyMemory<byte> payload, out ReadOnlyMemory<byte> value)
    {
        value = payload;
        return true;
    }

    private protected override Datagram Saying(int number) => Of((byte)number);

    private protected override IObservable<int> Numbers(IObservable<Datagram> source) => source.Parse<int>(TryParse, Faults);

    [Fact]
    public void ArgumentChecking()
    {
        var source = System.Reactive.Linq.Observable.Never<Datagram>();
        Assert.Throws<ArgumentNullException>(() => ParseOperator.Parse<int>(null!, TryParse));
        Assert.Throws<ArgumentNullException>(() => source.Parse((DatagramParser<int>)null!));
        Assert.Throws<ArgumentNullException>(() => source.Parse((DatagramMemoryParser<int>)null!));
        Assert.Throws<ArgumentNullException>(() => source.Parse((DatagramReader<int>)null!));
        Assert.Throws<ArgumentNullException>(() => source.Parse<int>(TryParse).Subscribe(null!));
    }

    [Fact]
    public void SelectorThrows()
    {
        var source = Scheduler.CreateHotObservable(OnNext(210, Of(1)), OnNext(220, Of(66, 0)), OnNext(230, Of(2)));

        var result = Scheduler.Start(() => source.Parse<int>(TryParse, Faults));

        result.Messages.AssertEqual(OnNext(210, 1), OnNext(230, 2));
        source.Subscriptions.AssertEqual(Subscribe(200, 1000));
        var fault = Assert.Single(Faults.Messages);
        Assert.Equal(220, fault.Time);
        Assert.Equal((FaultReason.ParseFailed, Peer), (fault.Value.Value.Reason, fault.Value.Value.Peer!));
        Assert.IsType<FormatException>(fault.Value.Value.Exception);
        Assert.Equal(DateTimeOffset.UnixEpoch.AddSeconds(2), fault.Value.Value.At);
    }

    [Fact]
    public void Malformed_datagrams_areFaults_and_the_stream_goes_on()
    {
        var source = Scheduler.CreateHotObservable(OnNext(210, Of()), OnNext(220, Of(5)), OnCompleted<Datagram>(230));

        var result = Scheduler.Start(() => source.Parse<int>(TryParse, Faults));

        result.Messages.AssertEqual(OnNext(220, 5), OnCompleted<int>(230));
        Faults.Messages.AssertEqual(OnNext(210, new Fault(FaultReason.ParseFailed, DateTimeOffset.UnixEpoch, Peer)));
    }

    [Fact]
    public void Without_a_fault_observer_malformed_datagrams_are_left_out()
    {
        var source = Scheduler.CreateHotObservable(OnNext(210, Of()), OnNext(220, Of(5)));

        var result = Scheduler.Start(() => source.Parse<int>(TryParse));

        result.Messages.AssertEqual(OnNext(220, 5));
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
        var source = Scheduler.CreateHotObservable(OnNext(210, Of()), OnNext(220, Of()), OnNext(230, Of(5)));

        var result = Scheduler.Start(() => source.Parse<int>(TryParse, thrower));

        result.Messages.AssertEqual(OnNext(230, 5));
        Assert.Equal(1, calls);
    }

    [Fact]
    public void Parsers_fit_by_method_group_in_their_usual_forms()
    {
        var payload = new byte[] { 65 };
        var source = Scheduler.CreateColdObservable(OnNext(10, Of(payload)));
        string? text = null;
        ReadOnlyMemory<byte> memory = default;

        source.Parse<string>(TryParseText).Subscribe(t => text = t);
        source.Parse<ReadOnlyMemory<byte>>(TryParseMemory).Subscribe(m => memory = m);
        Scheduler.Start();

        Assert.Equal("A", text);
        Assert.True(System.Runtime.InteropServices.MemoryMarshal.TryGetArray(memory, out var array));
        Assert.Same(payload, array.Array);
    }

    [Fact]
    public void A_parser_of_datagrams_sees_sender_and_time_and_its_reason_is_the_detail()
    {
        var source = Scheduler.CreateHotObservable(OnNext(210, Of(1, 2)), OnNext(220, Of()));

        var result = Scheduler.Start(() => source.Parse<string>(TryRead, Faults));

        result.Messages.AssertEqual(OnNext(210, $"127.0.0.1:7 1970-01-01T00:00:02.0000000+00:00"));
        Faults.Messages.AssertEqual(OnNext(220, new Fault(FaultReason.ParseFailed, DateTimeOffset.UnixEpoch, Peer, Detail: "nothing in it")));

        static bool TryRead(in Datagram datagram, [MaybeNullWhen(false)] out string value, out string? error)
        {
            value = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{datagram.Remote} {datagram.ReceivedAt:O}");
            error = datagram.Payload.IsEmpty ? "nothing in it" : null;
            return error is null;
        }
    }
}
