using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;

namespace ReactiveLink.Messages;

/// <summary>
/// Message ids that are unique per sender and, but for one chance in 2^64 per pair of senders, among all: a random prefix, a hyphen, a counter, all
/// hexadecimal. No clock, so two messages of one microsecond differ. Safe on many threads; allocates the string only.
/// </summary>
internal sealed class MessageIdGenerator
{
    private const int PrefixLength = 16;

    private readonly ulong _prefix;
    private long _count = -1;

    public MessageIdGenerator()
        : this(BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(sizeof(ulong))))
    {
    }

    /// <summary>With a prefix of the caller's, for runs that must repeat.</summary>
    public MessageIdGenerator(ulong prefix) => _prefix = prefix;

    public string Next()
    {
        var count = (ulong)Interlocked.Increment(ref _count);
        Span<char> text = stackalloc char[PrefixLength + 1 + PrefixLength];
        _prefix.TryFormat(text, out _, "x16", CultureInfo.InvariantCulture);
        text[PrefixLength] = '-';
        count.TryFormat(text[(PrefixLength + 1)..], out var length, "x", CultureInfo.InvariantCulture);
        return new string(text[..(PrefixLength + 1 + length)]);
    }
}
