using System.Reactive;
using System.Reactive.Concurrency;
using System.Reactive.Subjects;
using ReactiveLink.Simulation.Reference;
using ReactiveLink.Simulation.Scenarios;

namespace ReactiveLink.Simulation.Probes;

/// <summary>Tracks the messages' own numbers, as those of a foreign protocol, beside the reference.</summary>
internal sealed class NumberingProbe
{
    private readonly Journal _journal;
    private readonly string _name;
    private readonly NumberingPlan _plan;
    private readonly IStopwatch _clock;
    private readonly ReferencePeers _peers;
    private readonly Causes<(ulong Sequence, Verdict Verdict)> _causes;
    private readonly Subject<Content> _input = new();
    private readonly Subject<Sequenced<Content>> _output = new();
    private long _refused;

    public NumberingProbe(Journal journal, string name, IObservable<Content> source, NumberingPlan plan, IScheduler scheduler)
    {
        _journal = journal;
        _name = name;
        _plan = plan;
        _clock = scheduler.StartStopwatch();
        _peers = new ReferencePeers(plan.Space, plan.Options);
        _causes = new Causes<(ulong, Verdict)>(journal, "verdict", name);
        var tracked = _input.TrackSequence(content => content.Peer, content => content.Number, plan.Space, plan.Options, scheduler, Observer.Create<Fault>(Refused));
        journal.Watch(tracked, name, Tracked, _output.OnCompleted);
        journal.Watch(source, name + " input", Pass, Complete);
    }

    public IObservable<Sequenced<Content>> Output => _output;

    private void Pass(Content content)
    {
        if (_peers.Observe(content.Peer, content.Number, _clock.Elapsed.Ticks) is { } verdict)
        {
            _causes.Expected.Add((content.Number & _plan.Space.Mask, verdict));
        }
        else
        {
            _refused++;
        }

        _causes.Begin();
        _input.OnNext(content);
        _causes.End();
        _journal.Expect("verdict", _name, "the number of items refused for their peer's sake", 0, _refused);
    }

    private void Tracked(Sequenced<Content> item)
    {
        _journal.Counts.Add(item.Verdict.Kind);
        _journal.Digest.Add((long)item.Sequence);
        _journal.Digest.Add((long)item.Verdict.Kind);
        _journal.Digest.Add((long)item.Verdict.Lost);
        _causes.Seen((item.Sequence, item.Verdict), static () => { });
        _journal.Expect("verdict", _name, "the number that is next", _plan.Space.Next(_peers.Find(item.Value.Peer)!.Highest), item.Peer!.ExpectedSequence);
        _journal.Expect("loss", _name, $"what is counted of {item.Value.Peer}", _peers.Find(item.Value.Peer)!.Statistics, item.Peer.GetStatistics());
        _output.OnNext(item);
    }

    private void Refused(Fault fault)
    {
        _journal.Expect("verdict", _name, "the reason of a fault", FaultReason.PeerLimit, fault.Reason);
        _refused--;
    }

    private void Complete()
    {
        _journal.Counts.MessageWraps += _peers.Wraps;
        _input.OnCompleted();
    }
}
