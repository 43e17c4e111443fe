namespace ReactiveLink.Metrics.Quantiles;

/// <summary>Where a quantile was found: its value is most often still there when it is read again.</summary>
/// <param name="Code">The bucket: its index plus one with the sign, 0 for the zeros, as <see cref="QuantileSketch.CodeOf"/> gives it.</param>
/// <param name="Value">The bucket's value.</param>
internal readonly record struct BucketHint(int Code, double Value)
{
    public static BucketHint None => new(int.MinValue, double.NaN);

    public bool IsNone => Code == int.MinValue;
}
