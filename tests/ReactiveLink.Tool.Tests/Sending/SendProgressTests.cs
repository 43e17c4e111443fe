using Microsoft.Reactive.Testing;
using ReactiveLink.Tool.Sending;

namespace ReactiveLink.Tool.Tests.Sending;

public sealed class SendProgressTests
{
    private readonly TestScheduler _scheduler = new();

    [Fact]
    public void A_terminal_has_one_line_that_is_wiped_at_the_end()
    {
        var process = new FakeProcess(_scheduler);
        using var link = UdpLink.Over(process.Transport);
        using (new SendProgress(process.Environment with { ErrorIsTerminal = true }, link))
        {
            _scheduler.AdvanceBy(TimeSpan.FromSeconds(2).Ticks);
        }

        Assert.Equal("\r0 sent, 0/s\e[K\r0 sent, 0/s\e[K\r\e[K", process.Error.ToString());
    }

    [Fact]
    public void Elsewhere_only_a_long_sending_says_anything()
    {
        var process = new FakeProcess(_scheduler);
        using var link = UdpLink.Over(process.Transport);
        using (new SendProgress(process.Environment, link))
        {
            _scheduler.AdvanceBy(TimeSpan.FromSeconds(9).Ticks);
            Assert.Equal("", process.Error.ToString());
            _scheduler.AdvanceBy(TimeSpan.FromSeconds(2).Ticks);
        }

        Assert.Equal("0 sent, 0/s" + Environment.NewLine, process.Error.ToString());
    }
}
