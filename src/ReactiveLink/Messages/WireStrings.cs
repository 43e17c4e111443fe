using System.Text;

namespace ReactiveLink.Messages;

/// <summary>
/// A bounded, process-wide memory of short words that come again and again (message types, sources), keyed by their bytes, so that a
/// known word costs a hash and a comparison instead of a string. Immutable strings only, so sharing it is harmless.
/// </summary>
/// <remarks>
/// A two-way set-associative table: a new word pushes the older one of its slot aside. A flood of different words costs a string each, as
/// it would without the table, and can neither grow it nor make it wrong. At most 1024 words of at most 64 bytes.
/// </remarks>
internal static class WireStrings
{
    /// <summary>Longer words are decoded anew each time.</summary>
    public const int MaximumLength = 64;

    private const int SlotMask = 1023;

    private static readonly Entry?[] Slots = new Entry?[SlotMask + 1];

    /// <summary>The string of UTF-8 bytes that hold no escapes.</summary>
    public static string Get(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length == 0)
        {
            return "";
        }

        if (utf8.Length > MaximumLength)
        {
            return Encoding.UTF8.GetString(utf8);
        }

        var hash = new HashCode();
        hash.AddBytes(utf8);
        var slot = hash.ToHashCode() & SlotMask;
        var first = Volatile.Read(ref Slots[slot]);
        if (first is not null && utf8.SequenceEqual(first.Utf8))
        {
            return first.Text;
        }

        var second = Volatile.Read(ref Slots[slot ^ 1]);
        return second is not null && utf8.SequenceEqual(second.Utf8) ? second.Text : Add(utf8, slot, first);
    }

    private static string Add(ReadOnlySpan<byte> utf8, int slot, Entry? displaced)
    {
        var entry = new Entry(utf8.ToArray(), Encoding.UTF8.GetString(utf8));
        if (displaced is not null)
        {
            Volatile.Write(ref Slots[slot ^ 1], displaced);
        }

        Volatile.Write(ref Slots[slot], entry);
        return entry.Text;
    }

    private sealed class Entry(byte[] utf8, string text)
    {
        public readonly byte[] Utf8 = utf8;
        public readonly string Text = text;
    }
}
