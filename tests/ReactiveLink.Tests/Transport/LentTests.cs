using System.Net;
using System.Runtime.InteropServices;
using Microsoft.Reactive.Testing;
using ReactiveLink.Messages;
using ReactiveLink.Routing;
using ReactiveLink.Tests.Support;
using ReactiveLink.Transport;

namespace ReactiveLink.Tests.Transport;

/// <summary>What operators hold of payloads that are lent.</summary>
public sealed class LentTests
{
    private const int Items = 1000;

    private static readonly UdpEndpoint Remote = new(IPAddress.Parse("192.0.2.1"), 9000);

    private static Datagram Datagram(bool isLent) => new(new byte[] { 1, 2, 3, 4 }, Remote, DateTimeOffset.UnixEpoch, TimeSpan.Zero, isLent);

    private static Frame Frame(bool isLent)
    {
        var datagram = Datagram(isLent);
        return new Frame(datagram, datagram.Payload[1..], sequence: 7);
    }

    private static Sequenced<T> Sequenced<T>(T value) => new(value, 7, Verdict.InOrder, Peer: null);

    private static Message Message(bool isLent)
    {
        var frame = Frame(isLent);
        return new Message(Sequenced(frame), new MessageMetadata { Type = MessageType.Data }, frame.Payload, DataFormat.Binary);
    }

    [Fact]
    public void Each_type_that_may_be_lent_is_copied()
    {
        Assert.False(Lent.Keep(Datagram(isLent: true)).IsLent);
        Assert.False(Lent.Keep(Frame(isLent: true)).Datagram.IsLent);
        Assert.False(Lent.Keep(Sequenced(Datagram(isLent: true))).Value.IsLent);
        Assert.False(Lent.Keep(Sequenced(Frame(isLent: true))).Value.Datagram.IsLent);
        Assert.False(Lent.Keep(Sequenced(Sequenced(Frame(isLent: true)))).Value.Value.Datagram.IsLent);
        Assert.False(Lent.Keep(Message(isLent: true)).Frame.Datagram.IsLent);
        Assert.False(Lent.Keep(Sequenced(Message(isLent: true))).Value.Frame.Datagram.IsLent);
    }

    [Fact]
    public void It_is_copied_under_another_type_too()
    {
        Assert.False(Assert.IsType<Datagram>(Lent.Keep<object>(Datagram(isLent: true))).IsLent);
        Assert.False(Assert.IsType<Frame>(Lent.Keep<object>(Frame(isLent: true))).Datagram.IsLent);
        Assert.False(Assert.IsType<Sequenced<Frame>>(Lent.Keep<object>(Sequenced(Frame(isLent: true)))).Value.Datagram.IsLent);
        Assert.False(Assert.IsType<Message>(Lent.Keep<IHasPeer>(Message(isLent: true))).Frame.Datagram.IsLent);
    }

    [Fact]
    public void The_copy_has_the_same_bytes_in_memory_of_its_own()
    {
        var lent = Frame(isLent: true);

        var kept = Lent.Keep(lent);

        Assert.Equal(lent.Payload.Span, kept.Payload.Span);
        Assert.Equal(lent.Datagram.Payload.Span, kept.Datagram.Payload.Span);
        Assert.Equal(lent.Sequence, kept.Sequence);
        Assert.False(lent.Datagram.Payload.Span.Overlaps(kept.Payload.Span));
        Assert.True(kept.Datagram.Payload.Span.Overlaps(kept.Payload.Span));
    }

    [Fact]
    public void A_copy_without_a_payload_holds_on_to_no_lent_memory()
    {
        var datagram = Datagram(isLent: true);

        var kept = Lent.Keep(new Frame(datagram, datagram.Payload[4..], sequence: 7));

        Assert.True(MemoryMarshal.TryGetArray(kept.Payload, out var segment));
        Assert.Empty(segment.Array!);
    }

    [Fact]
    public void What_is_not_lent_is_left_as_it_is()
    {
        var datagram = Datagram(isLent: false);
        var message = Message(isLent: false);

        Assert.True(datagram.Payload.Equals(Lent.Keep(datagram).Payload));
        Assert.Same(message, Lent.Keep(message));
        Assert.Equal(5, Lent.Keep(5));
        Assert.Null(Lent.Keep<string?>(null));
        Assert.Null(Lent.Keep<int?>(null));
    }

    [Fact]
    public void Looking_whether_it_is_lent_allocates_nothing()
    {
        AssertFree(Datagram(isLent: false));
        AssertFree(Frame(isLent: false));
        AssertFree(Sequenced(Frame(isLent: false)));
        AssertFree(Message(isLent: false));
        AssertFree(Sequenced(Message(isLent: false)));
        AssertFree(5);
    }

    [Fact]
    public void Queueing_at_a_handler_allocates_nothing()
    {
        AssertQueuesFree(Datagram(isLent: false));
        AssertQueuesFree(Frame(isLent: false));
        AssertQueuesFree(Sequenced(Frame(isLent: false)));
    }

    private static void AssertFree<T>(T item) => Assert.Equal(0, Allocated.By(() =>
    {
        for (var i = 0; i < Items; i++)
        {
            Lent.Keep(item);
        }
    }));

    private static void AssertQueuesFree<T>(T item)
    {
        // The first wakes the handler, which this scheduler never runs; the others are queued only.
        var options = new HandlerOptions<T> { Timeout = Timeout.InfiniteTimeSpan, Capacity = 64 * Items };
        var handler = new BoundedHandler<T>((_, _) => default, cancellable: false, options, "test", new TestScheduler(), _ => { });
        handler.Offer(item);

        var bytes = Allocated.By(() =>
        {
            for (var i = 0; i < Items; i++)
            {
                handler.Offer(item);
            }
        });

        // The queue's own segments grow, up to a bound; an item that is boxed costs 24 bytes and more each time.
        Assert.Equal(0, bytes);
        Assert.InRange(handler.GetStatistics().Pending, Items, int.MaxValue);
        handler.Dispose();
    }
}
