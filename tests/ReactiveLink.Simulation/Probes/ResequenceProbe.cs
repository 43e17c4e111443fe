using System.Reactive;
using System.Reactive.Concurrency;
using System.Reactive.Subjects;
using ReactiveLink.Simulation.Reference;
using ReactiveLink.Simulation.Scenarios;

namespace ReactiveLink.Simulation.Probes;

/// <summary>A resequencing beside its reference.</summary>
internal sealed class ResequenceProbe<T>
{
    /// <summary>How late a timer may be: a clock that drifts sets it anew.</summary>
    private static readonly long Slack = TimeSpan.FromMilliseconds(3).Ticks;

    private readonly Journal _journal;
    private readonly string _name;
    private readonly ResequencePlan _plan;
    private readonly int _maximumDropout;
    private readonly IStopwatch _clock;
    private readonly Func<Sequenced<T>, bool> _isWhole;
    private readonly Causes<ReferenceOutput> _causes;
    private readonly Dictionary<PeerSequence, ReferenceResequence> _peers = [];
    private readonly Subject<Sequenced<T>> _input = new();

    /// <param name="journal">Where it writes to.</param>
    /// <param name="name">Its name there.</param>
    /// <param name="source">The items.</param>
    /// <param name="plan">How it resequences.</param>
    /// <param name="maximumDropout">The tracking's.</param>
    /// <param name="scheduler">Its clock.</param>
    /// <param name="isWhole">Whether an item that was held is still what it was: its memory might have been another's.</param>
    public ResequenceProbe(
        Journal journal, string name, IObservable<Sequenced<T>> source, ResequencePlan plan, int maximumDropout, IScheduler scheduler, Func<Sequenced<T>, bool> isWhole)
    {
        _journal = journal;
        _name = name;
        _plan = plan;
        _maximumDropout = maximumDropout;
        _clock = scheduler.StartStopwatch();
        _isWhole = isWhole;

        // What is given up of several peers at the same time comes in any order of the peers.
        _causes = new Causes<ReferenceOutput>(journal, "resequence", name, static (one, other) => !ReferenceEquals(one.Peer, other.Peer));
        var output = _input.Resequence(plan.Depth, plan.Patience, scheduler, Observer.Create<Fault>(Refused));
        journal.Watch(output, name, Released, _causes.Settle);
        journal.Watch(source, name + " input", Pass, Complete);
    }

    private long Now => _clock.Elapsed.Ticks;

    private void Pass(Sequenced<T> item)
    {
        var now = Now;
        _causes.Settle();
        ExpectNothingOverdue(now);
        if (item.Peer is null)
        {
            _causes.Expected.Add(new ReferenceOutput(this, item.Sequence, item.Verdict, null));
        }
        else
        {
            Of(item.Peer).Accept(item.Sequence, item.Verdict, now, _causes.Expected);
        }

        _causes.Begin();
        _input.OnNext(item);
        _causes.End();
    }

    private void Complete()
    {
        _causes.Settle();
        foreach (var peer in _peers.Values.OrderBy(peer => peer.Deadline))
        {
            peer.Flush(_causes.Expected);
        }

        _causes.Begin();
        _input.OnCompleted();
        _causes.End();
    }

    private void Released(Sequenced<T> item)
    {
        _journal.Counts.Resequenced++;
        _journal.Digest.Add((long)item.Sequence);
        _journal.Digest.Add((long)item.Verdict.Lost);
        if (!_isWhole(item))
        {
            _journal.Violate("resequence", _name, $"item {item.Sequence} has other bytes than it came with");
        }

        _causes.Seen(new ReferenceOutput(item.Peer ?? (object)this, item.Sequence, item.Verdict, null), TimeHasCome);
    }

    private void Refused(Fault fault)
    {
        _journal.Digest.Add((long)fault.Reason);

        // A fault does not say which item.
        var expected = _causes.Expected.Count > 0 ? _causes.Expected[0] : default;
        _causes.Seen(expected with { Refused = fault.Reason }, TimeHasCome);
    }

    private void TimeHasCome()
    {
        foreach (var peer in _peers.Values.OrderBy(peer => peer.Deadline))
        {
            peer.Expire(Now, _causes.Expected);
        }
    }

    private void ExpectNothingOverdue(long now)
    {
        foreach (var peer in _peers.Values)
        {
            if (peer.Deadline + Slack < now)
            {
                _journal.Violate("resequence", _name, $"an item has waited since {peer.Deadline - _plan.Patience.Ticks} until {now}, longer than the patience");
            }
        }
    }

    private ReferenceResequence Of(PeerSequence peer)
    {
        if (!_peers.TryGetValue(peer, out var reference))
        {
            reference = new ReferenceResequence(peer, peer.Space, _maximumDropout, _plan.Depth, _plan.Patience);
            _peers.Add(peer, reference);
        }

        return reference;
    }
}
