using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace ReactiveLink.Sequencing;

/// <summary>
/// The sequence state of many peers, by key: capped, and expiring by itself. One thread writes; <see cref="GetPeers"/> and <see cref="Totals"/> may be called on any
/// thread and never hold it up. Any number of peers costs the same per item.
/// </summary>
/// <remarks>
/// A hand goes round the slots, one at each item, and forgets who was idle too long; so expiry needs no timer. When the table is full, a new peer
/// takes the place of one near the hand that is idle or, failing that, still in probation: a flood of forged senders recycles its own slots.
/// </remarks>
internal sealed partial class PeerTable<TKey>
    where TKey : notnull
{
    /// <summary>How far from the hand a full table looks for a place.</summary>
    internal const int Reach = 64;

    /// <summary>More keys than this of one bucket are not taken: keys chosen to collide cannot slow down the others. Chance never gets there.</summary>
    internal const int LongestChain = 128;

    private const int InitialCapacity = 16;
    private readonly SequenceRules _rules;
    private readonly int _maximumPeers;
    private readonly long _expiry;
    private Slot[] _slots = [];
    private int[] _buckets = [];
    private int _used;
    private int _firstFree = -1;
    private int _count;
    private int _hand;
    private int _last;
    private long _forgotten;
    private SequenceLock _totalsLock;
    private SequenceCounters _totals;

    public PeerTable(SequenceSpace space, SequenceOptions options)
    {
        _rules = new SequenceRules(space, options);
        _maximumPeers = options.MaximumPeers;
        _expiry = options.PeerIdleExpiry.Ticks;
        Grow();
    }

    /// <summary>How many peers there are.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>How many were forgotten: idle too long, or in probation where a new one needed the place.</summary>
    public long Forgotten => Interlocked.Read(ref _forgotten);

    /// <summary>The sum over all peers, those forgotten included.</summary>
    public SequenceStatistics Totals
    {
        get
        {
            while (true)
            {
                var version = _totalsLock.BeginRead();
                var totals = _totals.ToStatistics();
                if (_totalsLock.IsUnchanged(version))
                {
                    return totals;
                }
            }
        }
    }

    /// <summary>Takes the next number of a peer.</summary>
    /// <param name="key">The peer's key.</param>
    /// <param name="sequence">The number.</param>
    /// <param name="now">The time in ticks, on a clock that only runs forward.</param>
    /// <param name="peer">The peer, if it was taken; null if it was refused because the table is full.</param>
    /// <param name="verdict">What the number is.</param>
    /// <returns>Whether the peer was taken.</returns>
    public bool TryObserve(TKey key, ulong sequence, long now, [NotNullWhen(true)] out PeerSequence? peer, out Verdict verdict)
    {
        if (!TryTake(key, now, out peer))
        {
            verdict = default;
            return false;
        }

        verdict = peer.Observe(sequence, out var lostChange);
        _totalsLock.BeginWrite();
        _totals.Add(verdict.Kind, lostChange);
        _totalsLock.EndWrite();
        return true;
    }

    /// <summary>Takes an item of a peer whose items have no numbers. The totals do not count it.</summary>
    public bool TryHear(TKey key, long now, [NotNullWhen(true)] out PeerSequence? peer)
    {
        if (!TryTake(key, now, out peer))
        {
            return false;
        }

        peer.Hear();
        return true;
    }

    /// <summary>Something of no use came from there: a peer that is known lives, one that is not stays unknown.</summary>
    public void Touch(TKey key, long now)
    {
        var index = IsAgain(key) ? _last : Find(key, Hash(key), out _);
        if (index >= 0 && now - _slots[index].LastSeen <= _expiry)
        {
            _slots[index].LastSeen = now;
        }
    }

    /// <summary>How many places there are now; places are only added.</summary>
    public int Places => Volatile.Read(ref _slots).Length;

    /// <summary>Who has a place, and when it was last heard, on the clock of those who call <see cref="TryObserve"/>. Any thread.</summary>
    /// <returns>The peer, or null where nobody has the place.</returns>
    public PeerSequence? Look(int place, out long lastSeen)
    {
        while (true)
        {
            var slots = Volatile.Read(ref _slots);
            ref var slot = ref slots[place];
            var peer = Volatile.Read(ref slot.Peer);
            lastSeen = Volatile.Read(ref slot.LastSeen);

            // Both belong together where the place has not changed hands, nor moved to a larger table, meanwhile.
            if (ReferenceEquals(Volatile.Read(ref slot.Peer), peer) && ReferenceEquals(Volatile.Read(ref _slots), slots))
            {
                return peer;
            }
        }
    }

    /// <summary>The peers there are. One that comes or goes during the call may or may not be among them.</summary>
    public PeerSequence[] GetPeers()
    {
        var slots = Volatile.Read(ref _slots);
        var peers = new List<PeerSequence>(Count);
        for (var i = 0; i < slots.Length; i++)
        {
            var peer = Volatile.Read(ref slots[i].Peer);
            if (peer is { IsForgotten: false })
            {
                peers.Add(peer);
            }
        }

        // One that went and came back meanwhile, in another place, is there once.
        peers.RemoveAll(static peer => peer.IsForgotten);
        return [.. peers];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryTake(TKey key, long now, [NotNullWhen(true)] out PeerSequence? peer)
    {
        MoveHand(now);
        var index = _last;
        if (!IsAgain(key))
        {
            var hash = Hash(key);
            index = Find(key, hash, out var chain);
            if (index < 0 && (chain >= LongestChain || !TryAdd(key, hash, now, out index)))
            {
                peer = null;
                return false;
            }

            _last = index;
        }

        ref var slot = ref _slots[index];
        if (now - slot.LastSeen > _expiry)
        {
            Renew(ref slot, key, now);
        }
        else
        {
            slot.LastSeen = now;
        }

        peer = slot.Peer!;
        return true;
    }

    /// <summary>In this order: nobody sees the old peer with the new one's time, and who looks at the new peer sees its time.</summary>
    private void Renew(ref Slot slot, TKey key, long now)
    {
        Forget(slot.Peer!);
        Volatile.Write(ref slot.LastSeen, now);
        Volatile.Write(ref slot.Peer, new PeerSequence(key, _rules));
    }

    // Keys come from remote senders. HashCode's secret seed keeps them from choosing keys that fall into one bucket, and 64-bit keys, whose own hash
    // is the xor of their halves, are mixed whole.
    private static int Hash(TKey key)
    {
        if (typeof(TKey) == typeof(ulong) || typeof(TKey) == typeof(long))
        {
            var number = Unsafe.BitCast<TKey, ulong>(key);
            return HashCode.Combine((uint)number, (uint)(number >> 32));
        }

        return HashCode.Combine(key.GetHashCode());
    }

    /// <summary>Whether the key is that of the item before: mostly so where there are few senders, and then no hash is needed.</summary>
    private bool IsAgain(TKey key)
    {
        ref var slot = ref _slots[_last];
        return slot.Peer is { } peer && (typeof(TKey).IsValueType
            ? EqualityComparer<TKey>.Default.Equals(KeyOf(peer), key)
            : ReferenceEquals(peer.Key, key));
    }

    private static TKey KeyOf(PeerSequence peer)
    {
        var key = peer.Key;
        return typeof(TKey).IsValueType ? (TKey)key : Unsafe.As<object, TKey>(ref key);
    }

    /// <summary>The key is the peer's: it is looked at where the hash fits, and then the peer is needed anyway.</summary>
    private struct Slot
    {
        public PeerSequence? Peer;
        public long LastSeen;
        public int Hash;
        public int Next;
    }
}
