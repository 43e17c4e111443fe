using System.Buffers.Binary;

namespace ReactiveLink.Fuzz;

/// <summary>Texts in one byte a character: ASCII, and above it characters that parsers confuse. So every text, also one that has no UTF-8, is an input.</summary>
internal static class HostileText
{
    private const string Above =
        "é٣３ıİßﬀ。．：［］％／＠＊ \u00A0\u2028\u2029\u200B\u202E\uFEFF\u0085\uD800\uDBFF\uDC00\uDFFF\uFFFD\uFFFFΩжऄ你\u0301Ⅷ²½①ªºＡａＺ";

    public static string Of(ReadOnlySpan<byte> bytes) => string.Create(bytes.Length, bytes, static (text, from) =>
    {
        for (var i = 0; i < text.Length; i++)
        {
            text[i] = from[i] < 0x80 ? (char)from[i] : Above[(from[i] - 0x80) % Above.Length];
        }
    });

    /// <summary>Words as bytes, for a mutator.</summary>
    public static byte[][] Tokens(params string[] words) => Array.ConvertAll(words, System.Text.Encoding.ASCII.GetBytes);

    /// <summary>A length of two bytes, little-endian, before a piece.</summary>
    public static byte[] Sized(byte[] piece)
    {
        var sized = new byte[piece.Length + 2];
        BinaryPrimitives.WriteUInt16LittleEndian(sized, (ushort)piece.Length);
        piece.CopyTo(sized, 2);
        return sized;
    }
}
