using System.Runtime.InteropServices;

namespace ReactiveLink.Metrics.Windows;

/// <summary>
/// What one pane knows of the distribution of its values: the codes of their buckets if they are few, which is less to keep and to merge than buckets are, a
/// sketch if they are many or to be told exactly; neither if there are none.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct SketchPane(QuantileSketch? Sketch, int[]? Codes, int Length, double Minimum, double Maximum)
{
    /// <summary>How many codes there may be; a sketch takes more than these.</summary>
    public const int MostCodes = 256;

    public void MergeInto(QuantileSketch window)
    {
        if (Sketch is not null)
        {
            window.Merge(Sketch);
        }
        else if (Codes is not null)
        {
            window.MergeCodes(Codes.AsSpan(0, Length), Minimum, Maximum);
        }
    }

    /// <summary>False, with nothing changed, if the window's sketch cannot tell the pane's values apart.</summary>
    public bool TrySubtractFrom(QuantileSketch window) =>
        Sketch is not null ? window.Subtract(Sketch)
        : Codes is null || window.SubtractCodes(Codes.AsSpan(0, Length), Minimum, Maximum);
}
