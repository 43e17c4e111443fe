using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ReactiveLink.Metrics.Quantiles;

/// <content>Several values at a time.</content>
internal readonly partial struct IndexMapping
{
    private const long ExponentMask = 0x7FFL << 52;

    // The bits of 2^52: with a whole number below 2^52 in the significand, they are the number plus 2^52.
    private const double WholeNumbers = 1L << 52;
    private const long WholeNumbersBits = 0x433L << 52;

    /// <summary><see cref="IndexOf"/> of several positive, normal numbers, by the same operations in the same order.</summary>
    /// <param name="numbers">The numbers; what comes of others means nothing.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<int> IndicesOf(Vector512<double> numbers)
    {
        var bits = numbers.AsInt64();
        var exponents = Vector512.ConvertToDouble(bits >>> 52);
        var s = ((bits & Vector512.Create(SignificandMask)) | Vector512.Create(ExponentOfOne)).AsDouble() - Vector512<double>.One;
        var positions = (exponents + (((((s * Cube) + Vector512.Create(Square)) * s) + Vector512.Create(Line)) * s)) * _bucketsPerOctave;

        // One instruction; a conversion that saturates takes six.
        return Avx512F.ConvertToVector256Int32WithTruncation(positions);
    }

    /// <summary>The same of half as many.</summary>
    /// <param name="numbers">The numbers.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector128<int> IndicesOf(Vector256<double> numbers)
    {
        var bits = numbers.AsInt64();
        var exponents = ((bits >>> 52) | Vector256.Create(WholeNumbersBits)).AsDouble() - Vector256.Create(WholeNumbers);
        var s = ((bits & Vector256.Create(SignificandMask)) | Vector256.Create(ExponentOfOne)).AsDouble() - Vector256<double>.One;
        var positions = (exponents + (((((s * Cube) + Vector256.Create(Square)) * s) + Vector256.Create(Line)) * s)) * _bucketsPerOctave;
        return Avx.ConvertToVector128Int32WithTruncation(positions);
    }

    /// <summary>The codes (<see cref="QuantileSketch.CodeOf"/>) of values four at a time, by the same operations as <see cref="IndexOf"/>.</summary>
    /// <param name="values">The values, finite.</param>
    /// <param name="codes">Receives the codes.</param>
    /// <returns>How many were written; fewer than four are left, or all on a processor without such vectors.</returns>
    public int CodesOf(ReadOnlySpan<double> values, Span<int> codes)
    {
        if (!Vector256.IsHardwareAccelerated)
        {
            return 0;
        }

        int i = 0;
        for (; i <= values.Length - Vector256<double>.Count; i += Vector256<double>.Count)
        {
            var bits = Vector256.Create(values[i..]).AsInt64();
            var exponentBits = bits & Vector256.Create(ExponentMask);
            var exponent = ((exponentBits >>> 52) | Vector256.Create(WholeNumbersBits)).AsDouble() - Vector256.Create(WholeNumbers);
            var s = ((bits & Vector256.Create(SignificandMask)) | Vector256.Create(ExponentOfOne)).AsDouble() - Vector256<double>.One;
            var position = (exponent + (((((s * Cube) + Vector256.Create(Square)) * s) + Vector256.Create(Line)) * s)) * _bucketsPerOctave;
            var index = (Vector256.Floor(position) + Vector256.Create(WholeNumbers)).AsInt64() & Vector256.Create(SignificandMask);

            var code = Vector256.AndNot(index + Vector256<long>.One, Vector256.Equals(exponentBits, Vector256<long>.Zero));
            var sign = Vector256.LessThan(bits, Vector256<long>.Zero);
            code = (code ^ sign) - sign;
            Vector256.Narrow(code, code).GetLower().CopyTo(codes[i..]);
        }

        return i;
    }
}
