namespace ReactiveLink.Metrics.Quantiles;

/// <content>Runs of single values, given by their codes: the index plus one with the value's sign, 0 for none of the buckets.</content>
internal partial struct BucketStore
{
    /// <summary>Counts values up to the first that has no bucket here yet.</summary>
    /// <param name="codes">The values' codes.</param>
    /// <returns>How many were counted.</returns>
    public readonly int Add(ReadOnlySpan<int> codes)
    {
        var counts = _counts;
        var (split, negativeBase, positiveBase) = (_split, -1 - _negativeOffset, 1 + _positiveOffset);
        for (var i = 0; i < codes.Length; i++)
        {
            var code = codes[i];
            var slot = code < 0 ? negativeBase - code : code - positiveBase;

            // A slot of the other sign's region is not this sign's: slot < split exactly when negative.
            if (code == 0 || (uint)slot >= (uint)counts.Length || slot < split != code < 0)
            {
                return i;
            }

            counts[slot]++;
        }

        return codes.Length;
    }

    /// <summary>Takes values out up to the first that has no bucket of its own here, or an empty one.</summary>
    /// <param name="codes">The values' codes.</param>
    /// <returns>How many were taken out.</returns>
    public readonly int TakeOut(ReadOnlySpan<int> codes)
    {
        var counts = _counts;
        var (split, negativeBase, positiveBase) = (_split, -1 - _negativeOffset, 1 + _positiveOffset);
        for (var i = 0; i < codes.Length; i++)
        {
            var code = codes[i];
            var slot = code < 0 ? negativeBase - code : code - positiveBase;
            if (code == 0 || (uint)slot >= (uint)counts.Length || slot < split != code < 0 || counts[slot] == 0)
            {
                return i;
            }

            counts[slot]--;
        }

        return codes.Length;
    }
}
