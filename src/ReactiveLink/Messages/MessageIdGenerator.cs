using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ReactiveLink.Messages;

/// <summary>
/// Message ids that are unique per sender and, but for one chance in 2^64 per pair of senders, among all: a random prefix, a hyphen, a counter, all
/// hexadecimal. No clock, so two messages of one microsecond differ. Safe on many threads.
/// </summary>
internal sealed class MessageIdGenerator
{
    /// <summary>The longest id.</summary>
    public const int MaximumLength = PrefixLength + 1 + PrefixLength;

    private const int PrefixLength = 16;

    private readonly ulong _prefix;
    private long _count = -1;

    public MessageIdGenerator()
        : this(BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(sizeof(ulong))))
    {
    }

    /// <summary>With a prefix of the caller's, for runs that must repeat.</summary>
    public MessageIdGenerator(ulong prefix) => _prefix = prefix;

    /// <summary>Whether an id may be one of this generator's: it has the prefix.</summary>
    public bool IsOwn(string id)
    {
        Span<char> prefix = stackalloc char[PrefixLength + 1];
        _prefix.TryFormat(prefix, out _, "x16", CultureInfo.InvariantCulture);
        prefix[PrefixLength] = '-';
        return id.AsSpan().StartsWith(prefix, StringComparison.Ordinal);
    }

    /// <summary>The next id.</summary>
    public string Next()
    {
        Span<byte> text = stackalloc byte[MaximumLength];
        return Encoding.ASCII.GetString(text[..Next(text)]);
    }

    /// <summary>As <see cref="Next()"/>, in ASCII.</summary>
    /// <param name="text">At least <see cref="MaximumLength"/> long.</param>
    /// <returns>The id's length.</returns>
    public int Next(Span<byte> text)
    {
        var count = (ulong)Interlocked.Increment(ref _count);
        _prefix.TryFormat(text, out _, "x16", CultureInfo.InvariantCulture);
        text[PrefixLength] = (byte)'-';
        count.TryFormat(text[(PrefixLength + 1)..], out var length, "x", CultureInfo.InvariantCulture);
        return PrefixLength + 1 + length;
    }
}
