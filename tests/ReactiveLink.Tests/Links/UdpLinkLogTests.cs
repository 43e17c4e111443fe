using Microsoft.Extensions.Logging;
using Microsoft.Reactive.Testing;
using ReactiveLink.Tests.Support;

namespace ReactiveLink.Tests.Links;

/// <summary>What a link writes to its log, and that a flood cannot flood it.</summary>
public sealed class UdpLinkLogTests
{
    private readonly TestScheduler _scheduler = new();
    private readonly RecordingLogger _logger = new();

    [Fact]
    public void A_flood_of_bad_datagrams_is_one_line_per_reason_and_interval_with_the_number_left_out()
    {
        var transport = new FakeTransport(_scheduler);
        using var link = UdpLink.Over(transport, new LinkOptions { LoggerFactory = _logger });
        for (var i = 0; i < 1000; i++)
        {
            transport.Inject([1]);
        }

        _scheduler.AdvanceBy(TimeSpan.FromSeconds(10).Ticks);
        transport.Inject([1]);
        transport.Inject(Wire.Corrupt(Wire.Message(0)));

        var faults = _logger.Lines.Where(line => line.Id.Id == 4).Select(line => line.Text).ToArray();
        Assert.Equal(3, faults.Length);
        Assert.StartsWith("Fault too-short from ", faults[0], StringComparison.Ordinal);
        Assert.EndsWith(" (0 more of this reason since the last line)", faults[0], StringComparison.Ordinal);
        Assert.DoesNotContain("null", faults[0], StringComparison.Ordinal);
        Assert.Contains("(999 more", faults[1], StringComparison.Ordinal);
        Assert.Contains("crc-mismatch", faults[2], StringComparison.Ordinal);
    }

    [Fact]
    public void Opening_states_and_closing_are_logged_with_the_account()
    {
        var transport = new FakeTransport(_scheduler);
        var link = UdpLink.Over(transport, new LinkOptions { LoggerFactory = _logger });
        transport.Inject(Wire.Message(0));
        transport.Inject([]);
        link.Dispose();

        var lines = _logger.Lines.ToArray();
        Assert.Contains(lines, line => line.Text == "Link open on 127.0.0.1:9000 (remote any), frame crc-seq, codec json");
        Assert.Contains(lines, line => line.Text == "Link on 127.0.0.1:9000 is Closed");
        Assert.Equal("Link on 127.0.0.1:9000 closed: 2 received, 1 delivered, 1 dropped", lines[^1].Text);
    }

    [Fact]
    public void Event_ids_are_unique()
    {
        var ids = typeof(UdpLink).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods(System.Reflection.BindingFlags.Static | System.Reflection.BindingFlags.Public | System.Reflection.BindingFlags.NonPublic))
            .SelectMany(method => method.GetCustomAttributes(typeof(LoggerMessageAttribute), inherit: false).Cast<LoggerMessageAttribute>())
            .Select(attribute => attribute.EventId)
            .ToArray();

        Assert.True(ids.Length >= 5);
        Assert.Equal(ids.Distinct(), ids);
    }

    [Fact]
    public void A_logger_that_throws_costs_no_datagram()
    {
        var transport = new FakeTransport(_scheduler);
        using var link = UdpLink.Over(transport, new LinkOptions { LoggerFactory = _logger });
        var messages = 0;
        var faults = new List<Fault>();
        using var first = link.Messages.Subscribe(_ => messages++);
        using var second = link.Faults.Subscribe(faults.Add);
        _logger.Throws = new InvalidOperationException("disk full");

        transport.Inject([]);
        transport.Inject(Wire.Message(0));

        Assert.Equal(1, messages);
        Assert.Equal([FaultReason.SubscriberFailed, FaultReason.TooShort], faults.Select(fault => fault.Reason));
        Assert.Equal(0, link.GetStatistics().Ledger.Unexplained);
    }
}
