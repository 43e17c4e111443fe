namespace ReactiveLink.Fuzz;

/// <summary>A code of RFC 1951, section 3.2.2: how many symbols each length has, and the symbols in the order of their codes.</summary>
internal sealed class HuffmanCode
{
    public const int MaximumLength = 15;

    private HuffmanCode(int[] counts, int[] symbols) => (Counts, Symbols) = (counts, symbols);

    public int[] Counts { get; }

    public int[] Symbols { get; }

    /// <summary>The code of some lengths, or null where they make none.</summary>
    /// <param name="lengths">The length of each symbol's code; 0 for none.</param>
    /// <param name="mayBeSingle">Whether it may also be no code, or a single one of one bit.</param>
    public static HuffmanCode? Of(int[] lengths, bool mayBeSingle)
    {
        var counts = new int[MaximumLength + 1];
        foreach (var length in lengths)
        {
            counts[length]++;
        }

        var used = lengths.Length - counts[0];
        counts[0] = 0;
        var free = 1;
        for (var length = 1; length <= MaximumLength; length++)
        {
            free = (free << 1) - counts[length];
            if (free < 0)
            {
                return null;
            }
        }

        var isComplete = free == 0;
        var isSingle = mayBeSingle && (used == 0 || (used == 1 && counts[1] == 1));
        return isComplete || isSingle
            ? new HuffmanCode(counts, [.. Enumerable.Range(0, lengths.Length).Where(symbol => lengths[symbol] != 0).OrderBy(symbol => lengths[symbol])])
            : null;
    }

    /// <summary>The bits of each symbol's code, for one who writes; the first is the highest.</summary>
    public static int[] Codes(int[] lengths)
    {
        var codes = new int[lengths.Length];
        var code = 0;
        for (var length = 1; length <= MaximumLength; length++)
        {
            for (var symbol = 0; symbol < lengths.Length; symbol++)
            {
                if (lengths[symbol] == length)
                {
                    codes[symbol] = code++;
                }
            }

            code <<= 1;
        }

        return codes;
    }
}
