using System.Numerics;

namespace ReactiveLink.Sequencing;

/// <content>Who has which place: finding, adding, forgetting. For the thread that writes.</content>
internal sealed partial class PeerTable<TKey>
{
    private int Find(TKey key, int hash, out int chain)
    {
        chain = 0;
        var slots = _slots;
        var index = _buckets[hash & (_buckets.Length - 1)] - 1;
        while (index >= 0)
        {
            ref var slot = ref slots[index];
            if (slot.Hash == hash && EqualityComparer<TKey>.Default.Equals(KeyOf(slot.Peer!), key))
            {
                return index;
            }

            chain++;
            index = slot.Next;
        }

        return -1;
    }

    private bool TryAdd(TKey key, int hash, long now, out int index)
    {
        if (_count == _maximumPeers && !TryMakeRoom(now))
        {
            index = -1;
            return false;
        }

        if (_firstFree >= 0)
        {
            index = _firstFree;
            _firstFree = _slots[index].Next;
        }
        else
        {
            if (_used == _slots.Length)
            {
                Grow();
            }

            index = _used++;
        }

        ref var slot = ref _slots[index];
        ref var bucket = ref _buckets[hash & (_buckets.Length - 1)];
        slot.Hash = hash;
        slot.LastSeen = now;
        slot.Next = bucket - 1;
        bucket = index + 1;
        Volatile.Write(ref slot.Peer, new PeerSequence(key, _rules));
        Volatile.Write(ref _count, _count + 1);
        return true;
    }

    private bool TryMakeRoom(long now)
    {
        var inProbation = -1;
        var index = _hand < _used ? _hand : 0;
        for (var looked = Math.Min(Reach, _used); looked > 0; looked--)
        {
            ref var slot = ref _slots[index];
            if (now - slot.LastSeen > _expiry)
            {
                Remove(index);
                return true;
            }

            if (inProbation < 0 && !slot.Peer!.IsEstablished)
            {
                inProbation = index;
            }

            index = index + 1 < _used ? index + 1 : 0;
        }

        if (inProbation < 0)
        {
            return false;
        }

        Remove(inProbation, isDisplaced: true);
        return true;
    }

    private void MoveHand(long now)
    {
        var index = _hand;
        if (index >= _used)
        {
            _hand = 0;
            return;
        }

        _hand = index + 1;
        ref var slot = ref _slots[index];
        if (now - slot.LastSeen > _expiry && slot.Peer is not null)
        {
            Remove(index);
        }
    }

    private void Remove(int index, bool isDisplaced = false)
    {
        ref var slot = ref _slots[index];
        ref var bucket = ref _buckets[slot.Hash & (_buckets.Length - 1)];
        if (bucket - 1 == index)
        {
            bucket = slot.Next + 1;
        }
        else
        {
            var previous = bucket - 1;
            while (_slots[previous].Next != index)
            {
                previous = _slots[previous].Next;
            }

            _slots[previous].Next = slot.Next;
        }

        Forget(slot.Peer!, isDisplaced);
        Volatile.Write(ref slot.Peer, null);
        slot.Next = _firstFree;
        _firstFree = index;
        Volatile.Write(ref _count, _count - 1);
    }

    private void Forget(PeerSequence peer, bool isDisplaced = false)
    {
        peer.Forget(isDisplaced);
        Volatile.Write(ref _forgotten, _forgotten + 1);
    }

    private void Grow()
    {
        var capacity = (int)Math.Min(_maximumPeers, Math.Max(InitialCapacity, _slots.Length * 3L / 2));
        var slots = new Slot[capacity];
        Array.Copy(_slots, slots, _used);
        _buckets = new int[BitOperations.RoundUpToPowerOf2((uint)capacity)];
        for (var index = 0; index < _used; index++)
        {
            ref var bucket = ref _buckets[slots[index].Hash & (_buckets.Length - 1)];
            slots[index].Next = bucket - 1;
            bucket = index + 1;
        }

        // Readers that still hold the old array see the peers of a moment ago.
        Volatile.Write(ref _slots, slots);
    }
}
