namespace ReactiveLink.Metrics.Registry;

/// <summary>
/// Running sketches of the windows that are asked for again and again, one for each length: a read adds what has come and takes out what has gone since the last.
/// So it costs what changed, and never more than to add the whole window; nothing is sorted.
/// </summary>
internal sealed class WindowSketches(History history, MetricRegistryOptions options)
{
    /// <summary>The lengths that have a running sketch each; a further one takes the place of the one that was asked for longest ago.</summary>
    public const int Lengths = 4;

    private const int Batch = 256;

    private readonly List<Window> _windows = [];
    private QuantileSketch? _scratch;
    private long _asked;

    /// <summary>The values from an index on.</summary>
    public QuantileSketch Of(long length, long start)
    {
        var window = Find(length);
        window.Asked = ++_asked;
        MoveStart(window, start);
        TakeOut(window);
        for (; window.End < history.End; window.End++)
        {
            window.Sketch.Add(history.ValueAt(window.End));
        }

        return window.Sketch;
    }

    /// <summary>The oldest value is let go.</summary>
    public void Leave(long index, double value)
    {
        foreach (var window in _windows)
        {
            if (window.Start == index)
            {
                Leave(window, value);
            }
        }
    }

    public void Clear()
    {
        foreach (var window in _windows)
        {
            Empty(window, history.End);
        }
    }

    private static void Empty(Window window, long start)
    {
        window.Sketch.Clear();
        window.Gone.Clear();
        window.Start = start;
        window.End = start;
    }

    private Window Find(long length)
    {
        Window? oldest = null;
        foreach (var window in _windows)
        {
            if (window.Length == length)
            {
                return window;
            }

            oldest = oldest is null || window.Asked < oldest.Asked ? window : oldest;
        }

        if (_windows.Count < Lengths)
        {
            oldest = new Window(NewSketch());
            _windows.Add(oldest);
        }

        oldest!.Length = length;
        Empty(oldest, start: 0);
        return oldest;
    }

    private void MoveStart(Window window, long start)
    {
        // Less to add anew than to take out; the same if the window is empty, or has moved back with a clock that did.
        if (start < window.Start || window.End - start <= start - window.Start + window.Gone.Count)
        {
            Empty(window, start);
            return;
        }

        while (window.Start < start)
        {
            Leave(window, history.ValueAt(window.Start));
        }
    }

    private void Leave(Window window, double value)
    {
        // What came and went between two reads was never added.
        if (window.Start++ >= window.End)
        {
            window.End = window.Start;
            return;
        }

        window.Gone.Add(value);
        if (window.Gone.Count == Batch)
        {
            TakeOut(window);
        }
    }

    private void TakeOut(Window window)
    {
        if (window.Gone.Count == 0)
        {
            return;
        }

        _scratch ??= NewSketch();
        _scratch.Clear();
        foreach (var value in window.Gone)
        {
            _scratch.Add(value);
        }

        window.Gone.Clear();
        if (!window.Sketch.Subtract(_scratch))
        {
            // The sketch has collapsed since, so that these values cannot be told apart in it.
            Empty(window, window.Start);
        }
    }

    private QuantileSketch NewSketch() => new(options.RelativeAccuracy, options.MaximumSketchBytes);

    private sealed class Window(QuantileSketch sketch)
    {
        public QuantileSketch Sketch { get; } = sketch;

        /// <summary>Values that are no longer in the window and still in the sketch.</summary>
        public List<double> Gone { get; } = [];

        public long Length { get; set; }

        public long Start { get; set; }

        public long End { get; set; }

        public long Asked { get; set; }
    }
}
