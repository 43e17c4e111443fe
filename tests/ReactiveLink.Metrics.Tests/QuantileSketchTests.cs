namespace ReactiveLink.Metrics.Tests;

public sealed class QuantileSketchTests
{
    [Fact]
    public void Counts_what_it_takes()
    {
        var sketch = new QuantileSketch();
        sketch.Add(1);
        Assert.Equal(1, sketch.Count);
    }
}
