using Microsoft.Reactive.Testing;
using ReactiveLink.Tool.Sending;
using ReactiveLink.Tool.Tests.Processes;

namespace ReactiveLink.Tool.Tests.Sending;

public sealed class PacerTests
{
    private readonly TestScheduler _scheduler = new();

    [Fact]
    public async Task Permits_are_due_by_absolute_time()
    {
        var pacer = new Pacer(_scheduler, 10);
        var granted = new List<double>();
        for (var i = 0; i < 5; i++)
        {
            var waiting = pacer.WaitAsync(CancellationToken.None);
            if (!waiting.IsCompleted)
            {
                // Every second timer is late: the next permit is not.
                _scheduler.AdvanceTo(TimeSpan.FromSeconds(0.1 * i).Ticks + (i % 2 == 1 ? TimeSpan.FromSeconds(0.05).Ticks : 0));
            }

            await Deadline.Within(waiting.AsTask(), "the permit");
            granted.Add(Math.Round(TimeSpan.FromTicks(_scheduler.Clock).TotalSeconds, 3));
        }

        Assert.Equal([0, 0.15, 0.2, 0.35, 0.4], granted);
    }

    [Fact]
    public async Task A_long_delay_is_made_up_for_within_bounds()
    {
        var pacer = new Pacer(_scheduler, 100);
        await pacer.WaitAsync(CancellationToken.None);
        _scheduler.AdvanceBy(TimeSpan.FromMinutes(1).Ticks);

        var atOnce = 0;
        using var cancel = new CancellationTokenSource();
        while (pacer.WaitAsync(cancel.Token) is { IsCompleted: true })
        {
            atOnce++;
        }

        // The one that was due, and 100 ms worth.
        Assert.Equal(11, atOnce);
        await cancel.CancelAsync();
    }

    [Fact]
    public async Task Waiting_can_be_cancelled()
    {
        var pacer = new Pacer(_scheduler, 1);
        await pacer.WaitAsync(CancellationToken.None);
        using var cancel = new CancellationTokenSource();
        var waiting = pacer.WaitAsync(cancel.Token).AsTask();

        await cancel.CancelAsync();

        await Deadline.Within(Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting), "the cancellation");
    }
}
