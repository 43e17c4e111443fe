using ReactiveLink.Concurrency.Checking;

namespace ReactiveLink.Concurrency.Parts;

/// <summary>What the table knows of a peer. One that is being heard again has its time already and not yet its count: who knew it before knows that it lives.</summary>
internal readonly record struct PeerValue(PeerSequence? Peer, long LastSeen, bool IsHeardAgain, bool IsBeingHeardAgain = false)
{
    public PeerState StateAt(long now, TimeSpan expiry, TimeSpan silentAfter) => (now - LastSeen) switch
    {
        _ when Peer is null => PeerState.Gone,
        var idle when idle > expiry.Ticks => PeerState.Gone,
        var idle when idle >= silentAfter.Ticks => PeerState.Silent,
        _ => IsHeardAgain ? PeerState.Alive : PeerState.Joined,
    };
}

/// <summary>A peer that datagrams and time change, and that others look at.</summary>
internal sealed class PeerValueModel(IReadOnlyList<PeerValue> values, TimeSpan expiry, TimeSpan silentAfter) : Model
{
    private int _index;
    private long _now;

    public override Model Copy() => new PeerValueModel(values, expiry, silentAfter) { _index = _index, _now = _now };

    public override bool TryApply(Effect effect)
    {
        switch (effect.Name)
        {
            case "Step":
                _index++;
                return true;
            case "Clock":
                _now = effect.A * TimeSpan.TicksPerMillisecond;
                return true;
            case "Came":
                return State != PeerState.Gone;
            default:
                // Told
                return State == (PeerState)effect.Result
                    || (values[_index].IsBeingHeardAgain && State == PeerState.Joined && (PeerState)effect.Result == PeerState.Alive);
        }
    }

    public override void WriteKey(List<int> key)
    {
        key.Add(_index);
        key.Add((int)(_now / TimeSpan.TicksPerMillisecond));
    }

    private PeerState State => values[_index].StateAt(_now, expiry, silentAfter);
}
