namespace ReactiveLink.Metrics.Windows;

/// <summary>Sketches that are used again, so that panes that come and go allocate nothing.</summary>
internal sealed class SketchPool(WindowOptions options, int maximumFree)
{
    private readonly Stack<QuantileSketch> _free = new();

    public QuantileSketch Take() => _free.TryPop(out var sketch) ? sketch : new(options.RelativeAccuracy, options.MaximumSketchBytes);

    public void Return(QuantileSketch sketch)
    {
        if (_free.Count < maximumFree)
        {
            sketch.Clear();
            _free.Push(sketch);
        }
    }
}
