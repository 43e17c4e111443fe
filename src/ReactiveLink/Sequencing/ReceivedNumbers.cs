using System.Numerics;

namespace ReactiveLink.Sequencing;

/// <summary>
/// Which of the last numbers were received: one bit each, from the highest down. 128 of them lie in place; a wider window is a ring of bits,
/// where a number's place is its own low bits.
/// </summary>
internal struct ReceivedNumbers
{
    private const ulong InPlace = 128;
    private readonly ulong[]? _ring;
    private ulong _low;
    private ulong _high;

    public ReceivedNumbers(ulong maximumBehind) =>
        _ring = maximumBehind < InPlace ? null : new ulong[BitOperations.RoundUpToPowerOf2(maximumBehind + 1) / 64];

    /// <summary>Forgets all and begins with one number.</summary>
    public void Begin(ulong number)
    {
        _low = 1;
        _high = 0;
        if (_ring is not null)
        {
            Array.Clear(_ring);
            SetInRing(number);
        }
    }

    /// <summary>A new highest number, <paramref name="ahead"/> past the old one, was received; those between were not.</summary>
    public void Advance(ulong number, ulong ahead)
    {
        if (_ring is not null)
        {
            AdvanceRing(number, ahead);
        }
        else if (ahead < 64)
        {
            _high = (_high << (int)ahead) | (_low >> (64 - (int)ahead));
            _low = (_low << (int)ahead) | 1;
        }
        else
        {
            _high = ahead < InPlace ? _low << ((int)ahead - 64) : 0;
            _low = 1;
        }
    }

    /// <summary>Marks a number behind the highest as received.</summary>
    /// <returns>Whether it was not yet.</returns>
    public bool Mark(ulong number, ulong behind)
    {
        if (_ring is not null)
        {
            return Mark(ref _ring[(number / 64) & ((ulong)_ring.Length - 1)], (int)(number % 64));
        }

        return behind < 64 ? Mark(ref _low, (int)behind) : Mark(ref _high, (int)behind - 64);
    }

    private static bool Mark(ref ulong word, int bit)
    {
        var mark = 1UL << bit;
        var isNew = (word & mark) == 0;
        word |= mark;
        return isNew;
    }

    private readonly void AdvanceRing(ulong number, ulong ahead)
    {
        var ring = _ring!;
        if (ahead >= (ulong)ring.Length * 64)
        {
            Array.Clear(ring);
        }
        else
        {
            for (var skipped = 1UL; skipped < ahead; skipped++)
            {
                var place = unchecked(number - skipped);
                ring[(place / 64) & ((ulong)ring.Length - 1)] &= ~(1UL << (int)(place % 64));
            }
        }

        SetInRing(number);
    }

    private readonly void SetInRing(ulong number) => _ring![(number / 64) & ((ulong)_ring.Length - 1)] |= 1UL << (int)(number % 64);
}
