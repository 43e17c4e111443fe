using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace ReactiveLink;

/// <summary>
/// Which fields lie around a payload. All integers are big-endian. What is on applies in this order, outermost first:
/// <list type="number">
/// <item><description>CRC-32 (the one of IEEE 802.3 and zlib), 4 bytes, over everything after it;</description></item>
/// <item><description>zlib (RFC 1950): everything after it is one compressed stream;</description></item>
/// <item><description>the sequence number, 4 bytes, unsigned, from 0 unless the sender begins elsewhere, wrapping at 2^32;</description></item>
/// <item><description>the payload.</description></item>
/// </list>
/// </summary>
/// <remarks>
/// <list type="table">
/// <listheader><term>name</term><description>fields</description></listheader>
/// <item><term><c>crc-seq</c></term><description>profile A, the default: CRC, sequence</description></item>
/// <item><term><c>seq</c></term><description>profile B: sequence</description></item>
/// <item><term><c>seq-zlib</c></term><description>profile B, compressed: zlib of the sequence and the payload</description></item>
/// <item><term><c>crc</c></term><description>profile A without its sequence</description></item>
/// <item><term><c>none</c></term><description>nothing: the datagram is the payload</description></item>
/// </list>
/// Immutable; use <c>with</c> to make others. Every member may be called on many threads at once.
/// </remarks>
public sealed partial record FrameFormat
{
    /// <summary>The most bytes that an uncompressed format lays before the payload.</summary>
    public const int MaximumHeaderSize = 8;

    internal const int DefaultMaximumDecompressedSize = 65_536;
    internal const int LargestMaximumDecompressedSize = 16 * 1024 * 1024;

    /// <summary>Profile A, <c>crc-seq</c>: CRC and sequence. The default of a link.</summary>
    public static FrameFormat CrcSequenced { get; } = new() { Crc = true, Sequence = true };

    /// <summary>Profile B, <c>seq</c>: a sequence and no CRC.</summary>
    public static FrameFormat Sequenced { get; } = new() { Sequence = true };

    /// <summary>Profile B compressed, <c>seq-zlib</c>: sequence and payload are one zlib stream.</summary>
    public static FrameFormat SequencedZlib { get; } = new() { Sequence = true, Compression = FrameCompression.Zlib };

    /// <summary><c>crc</c>: a CRC and no sequence.</summary>
    public static FrameFormat CrcOnly { get; } = new() { Crc = true };

    /// <summary><c>none</c>: the datagram is the payload.</summary>
    public static FrameFormat None { get; } = new();

    /// <summary>Whether a CRC-32 over everything after it comes first. Default: false.</summary>
    public bool Crc { get; init; }

    /// <summary>Whether a sequence number comes before the payload. Default: false.</summary>
    public bool Sequence { get; init; }

    /// <summary>How sequence and payload are compressed. Default: not at all.</summary>
    public FrameCompression Compression { get; init; }

    /// <summary>
    /// The most bytes that a compressed frame may decompress to, its sequence number included: 1 to 16,777,216; default 65,536, which is what an
    /// uncompressed datagram could carry. A frame that would exceed it is dropped as <see cref="FaultReason.DecompressTooLarge"/>, and no
    /// more memory than about twice the bound is used to find out.
    /// </summary>
    public int MaximumDecompressedSize { get; init; } = DefaultMaximumDecompressedSize;

    /// <summary>The bytes that CRC and sequence take, 0 to <see cref="MaximumHeaderSize"/>. A compressed format's sequence lies inside its zlib stream.</summary>
    public int HeaderSize => CrcSize + SequenceSize;

    /// <summary>Whether <see cref="Seal"/> can be used: the format does not compress.</summary>
    public bool CanSeal => Compression == FrameCompression.None;

    /// <summary>The name, as <see cref="Parse"/> reads it: the words <c>crc</c>, <c>seq</c> and <c>zlib</c> as they apply, joined by hyphens; or <c>none</c>.</summary>
    public string Name => (Crc, Sequence, Compression != FrameCompression.None) switch
    {
        (true, true, false) => "crc-seq",
        (false, true, false) => "seq",
        (false, true, true) => "seq-zlib",
        (true, false, false) => "crc",
        (false, false, false) => "none",
        (true, true, true) => "crc-seq-zlib",
        (true, false, true) => "crc-zlib",
        (false, false, true) => "zlib",
    };

    private int CrcSize => Crc ? sizeof(uint) : 0;

    private int SequenceSize => Sequence ? sizeof(uint) : 0;

    /// <summary>Reads a format's name.</summary>
    /// <param name="name">For example <c>crc-seq</c>; see <see cref="Name"/>.</param>
    /// <returns>The format.</returns>
    /// <exception cref="FormatException">There is no format of that name; the message lists them.</exception>
    public static FrameFormat Parse(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return TryParse(name, out var format)
            ? format
            : throw new FormatException($"There is no frame format \"{name}\"; use crc-seq, seq, seq-zlib, crc, none, crc-seq-zlib, crc-zlib or zlib.");
    }

    /// <summary>Reads a format's name.</summary>
    /// <param name="name">For example <c>crc-seq</c>; see <see cref="Name"/>.</param>
    /// <param name="format">The format, if there is one of that name.</param>
    /// <returns>Whether there is one.</returns>
    public static bool TryParse(string? name, [NotNullWhen(true)] out FrameFormat? format)
    {
        format = name switch
        {
            "crc-seq" => CrcSequenced,
            "seq" => Sequenced,
            "seq-zlib" => SequencedZlib,
            "crc" => CrcOnly,
            "none" => None,
            "crc-seq-zlib" => CrcSequenced with { Compression = FrameCompression.Zlib },
            "crc-zlib" => CrcOnly with { Compression = FrameCompression.Zlib },
            "zlib" => None with { Compression = FrameCompression.Zlib },
            _ => null,
        };
        return format is not null;
    }

    /// <summary>The format's name.</summary>
    /// <returns><see cref="Name"/>.</returns>
    public override string ToString() => Name;

    /// <summary>Throws with every error of these options, if there is one.</summary>
    internal void Validate(string parameterName)
    {
        var errors = "";
        if (!Enum.IsDefined(Compression))
        {
            errors += string.Create(CultureInfo.InvariantCulture, $" Compression is {(int)Compression}; use a member of FrameCompression.");
        }

        if (MaximumDecompressedSize is < 1 or > LargestMaximumDecompressedSize)
        {
            errors += string.Create(
                CultureInfo.InvariantCulture,
                $" MaximumDecompressedSize is {MaximumDecompressedSize}; use 1 to {LargestMaximumDecompressedSize}.");
        }

        if (errors.Length != 0)
        {
            throw new ArgumentException("The frame format is not valid." + errors, parameterName);
        }
    }
}
