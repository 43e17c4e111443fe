using System.Reactive.Concurrency;

namespace ReactiveLink.Tests.Routing;

public sealed class HandlerOptionsTests
{
    [Fact]
    public void Defaults()
    {
        var options = new HandlerOptions<int>();

        Assert.Null(options.Name);
        Assert.Equal(1000, options.Capacity);
        Assert.Equal(10, options.Concurrency);
        Assert.Equal(TimeSpan.FromSeconds(5), options.Timeout);
        Assert.Equal(OverflowPolicy.DropNewest, options.Overflow);
        Assert.Null(options.LatestKey);
        Assert.Null(options.Scheduler);
        options.Validate("options");
    }

    [Fact]
    public void A_route_keys_by_source()
    {
        var options = new RouteOptions { Overflow = OverflowPolicy.LatestPerKey };

        options.Validate("options");
        Assert.Equal("s", options.LatestKey!(Messages.Frames.Message(source: "s")));
    }

    [Fact]
    public void Every_error_is_reported_at_once()
    {
        var options = new HandlerOptions<int>
        {
            Capacity = 0,
            Concurrency = 10_001,
            Timeout = TimeSpan.Zero,
            Overflow = OverflowPolicy.LatestPerKey,
            Scheduler = Scheduler.Immediate,
        };

        var error = Assert.Throws<ArgumentException>(() => options.Validate("options"));

        Assert.Equal(
            "The handler's options are not valid. Capacity is 0; set it to at least 1. Concurrency is 10001; set it from 1 to 10000. "
            + "Timeout is 00:00:00; set it above zero and at most to 24 days, or to Timeout.InfiniteTimeSpan. "
            + "Overflow is LatestPerKey and LatestKey is null; set LatestKey to select an item's key. "
            + "Scheduler runs its work on the calling thread, so that a handler would block its source; set it to another one. (Parameter 'options')",
            error.Message);
    }

    [Fact]
    public void Single_errors()
    {
        Refuse(new() { Timeout = TimeSpan.FromDays(25) });
        Refuse(new() { Timeout = TimeSpan.FromTicks(-1) });
        Refuse(new() { Overflow = (OverflowPolicy)3 });
        Refuse(new() { Scheduler = CurrentThreadScheduler.Instance });
        new HandlerOptions<int> { Timeout = Timeout.InfiniteTimeSpan }.Validate("options");
    }

    private static void Refuse(HandlerOptions<int> options) => Assert.Throws<ArgumentException>(() => options.Validate("options"));
}
