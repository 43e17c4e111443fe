using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using ReactiveLink.Simulation.Probes;
using ReactiveLink.Simulation.Scenarios;

namespace ReactiveLink.Simulation;

/// <summary>What a client sends, by its own clock: bursts, whose values wander. A link made anew begins its own numbers anew.</summary>
internal sealed class Traffic(ulong seed, int index, ClientPlan plan, IScheduler scheduler, Func<LinkProbe> link)
{
    private readonly Draw _draw = new(seed, $"traffic {index}");
    private LinkProbe? _last;
    private int _left = plan.Traffic.Count;
    private ulong _number;
    private double _value;

    public void Begin() => Schedule();

    private void Schedule() => scheduler.Schedule(this, _draw.Time(0, 2 * plan.Traffic.Pause.TotalMilliseconds), static (_, self) =>
    {
        self.SendBurst();
        return Disposable.Empty;
    });

    private void SendBurst()
    {
        var to = link();
        if (to.IsClosed)
        {
            // The process is down.
            Schedule();
            return;
        }

        if (!ReferenceEquals(to, _last))
        {
            _last = to;
            _number = plan.Node.Link.Numbering?.Initial ?? 0;
        }

        List<byte[]> burst = [];
        for (var count = _draw.Between(1, plan.Traffic.Burst); count > 0 && _left > 0; count--)
        {
            _left--;
            _value = Math.Clamp(_value + (_draw.Between(-16, 16) / 8.0), -12, 12);
            burst.Add(Content.Write(plan.Node.Link.Codec.DataFormat, _number++, _value, scheduler.Now, _draw.Between(0, plan.Traffic.Filler)));
        }

        if (plan.Traffic.InBatches)
        {
            to.SendBatch(burst);
        }
        else
        {
            burst.ForEach(data => to.Send(data));
        }

        if (_left > 0)
        {
            Schedule();
        }
    }
}
