using System.Runtime.CompilerServices;

namespace ReactiveLink.Metrics.Windows;

/// <summary>
/// What one pane knows of the distribution of its values: the codes of their buckets while they are few, which is less to keep and to merge than buckets are, a
/// sketch when they are many or to be told exactly; neither if there are none.
/// </summary>
internal struct SketchPane
{
    /// <summary>How many codes there may be; a sketch takes more than these.</summary>
    public const int MostCodes = 256;

    /// <summary>What an array takes besides its items, in codes.</summary>
    public const int ArrayHeader = 6;

    private double _minimum;
    private double _maximum;

    public static SketchPane Empty => new()
    {
        Codes = [],
        _minimum = double.PositiveInfinity,
        _maximum = double.NegativeInfinity,
    };

    public QuantileSketch? Sketch { readonly get; set; }

    public int[] Codes { readonly get; private set; }

    public int Length { readonly get; private set; }

    public readonly bool HasRoom => Length < Codes.Length;

    /// <summary>Takes a value as a code; there must be room.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(double value, int code)
    {
        Codes[Length++] = code;
        if (value < _minimum)
        {
            _minimum = value;
        }

        if (value > _maximum)
        {
            _maximum = value;
        }
    }

    /// <summary>Goes on in a larger array.</summary>
    public void UseCodes(int[] larger)
    {
        Codes.AsSpan(0, Length).CopyTo(larger);
        Codes = larger;
    }

    public readonly void MergeInto(QuantileSketch window)
    {
        if (Sketch is not null)
        {
            window.Merge(Sketch);
        }
        else if (Length > 0)
        {
            window.MergeCodes(Codes.AsSpan(0, Length), _minimum, _maximum);
        }
    }

    /// <summary>False, with nothing changed, if the window's sketch cannot tell the pane's values apart.</summary>
    public readonly bool TrySubtractFrom(QuantileSketch window) =>
        Sketch is not null ? window.Subtract(Sketch) : Length == 0 || window.SubtractCodes(Codes.AsSpan(0, Length), _minimum, _maximum);
}
