using Microsoft.Reactive.Testing;
using ReactiveLink.Routing;
using ReactiveLink.Tests.Messages;
using ReactiveLink.Tests.Support;

namespace ReactiveLink.Tests.Routing;

/// <summary>While nobody listens, spans cost nothing. (Who listens hears the whole process: the tests of that are in a project of their own.)</summary>
public sealed class HandlerTracingTests
{
    [Fact]
    public void Handling_allocates_nothing()
    {
        var message = Frames.Message();
        var handled = 0;
        var handler = HandlerTracing.Of<Message>(
            (_, _) =>
            {
                handled++;
                return ValueTask.CompletedTask;
            },
            "test");
        void Handle()
        {
            for (var i = 0; i < 1000; i++)
            {
                Assert.True(handler(message, CancellationToken.None).IsCompletedSuccessfully);
            }
        }

        Handle();
        Assert.Equal(0, Allocated.By(Handle));
        Assert.True(handled >= 2000);
    }

    [Fact]
    public void Handlers_of_other_things_are_left_alone()
    {
        Func<int, CancellationToken, ValueTask> handler = (_, _) => ValueTask.CompletedTask;

        Assert.Same(handler, HandlerTracing.Of(handler, "test"));
    }

    [Fact]
    public async Task Sending_allocates_nothing()
    {
        var transport = new FakeTransport(new TestScheduler(), Wire.Remote) { KeepsWhatIsSent = false };
        await using var link = UdpLink.Over(transport);
        var data = new Attitude(1, "up");
        void Send()
        {
            for (var i = 0; i < 1000; i++)
            {
                Assert.True(link.SendAsync(data, TestJson.Default.Attitude).IsCompletedSuccessfully);
            }
        }

        Send();
        Assert.Equal(0, Allocated.By(Send));
        Assert.True(transport.SentCount >= 2000);
    }
}
