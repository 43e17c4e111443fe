using System.Globalization;

namespace ControlLoop;

/// <summary>The angle over the time of a run as text: each column is the lowest to the highest angle of its time, and <c>!</c> below it marks a missed deadline.</summary>
internal static class AngleChart
{
    private const int Height = 11;
    private const int LabelWidth = 8;

    public static IEnumerable<string> Lines(IReadOnlyList<LoopStep> steps, int width, bool colors)
    {
        var end = steps[^1].At;
        var highest = Math.Max(1, steps.Max(step => Math.Abs(step.State.Degrees)));
        var columns = new Column[width - LabelWidth];
        foreach (var step in steps)
        {
            ref var column = ref columns[Math.Min(columns.Length - 1, (int)(step.At / end * columns.Length))];
            column.Add(step);
        }

        for (var row = 0; row < Height; row++)
        {
            var top = highest * (1 - (2.0 * row / Height));
            var bottom = highest * (1 - (2.0 * (row + 1) / Height));
            var middle = row == Height / 2;
            var label = row == 0 ? highest : row == Height - 1 ? -highest : middle ? 0 : double.NaN;
            var cells = columns.Select(column => column.Touches(bottom, top) ? '█' : middle ? '─' : ' ').ToArray();
            yield return $"{Label(label)} {(middle ? '┼' : '│')}{new string(cells).TrimEnd()}";
        }

        var marks = new string([.. columns.Select(column => column.Missed ? '!' : ' ')]).TrimEnd();
        yield return $"{"misses",LabelWidth - 2} │{(colors && marks.Length > 0 ? $"\e[31m{marks}\e[0m" : marks)}";
        var last = string.Create(CultureInfo.InvariantCulture, $"{end:F1} s");
        yield return $"{"",LabelWidth - 2} 0 s{last.PadLeft(columns.Length - 2)}";
    }

    private static string Label(double degrees) =>
        double.IsNaN(degrees) ? new string(' ', LabelWidth - 2) : degrees.ToString("+0.0;-0.0;0", CultureInfo.InvariantCulture).PadLeft(LabelWidth - 2);

    private struct Column
    {
        private bool _any;
        private double _lowest;
        private double _highest;

        public bool Missed { get; private set; }

        public void Add(in LoopStep step)
        {
            var angle = step.State.Degrees;
            _lowest = _any ? Math.Min(_lowest, angle) : angle;
            _highest = _any ? Math.Max(_highest, angle) : angle;
            _any = true;
            Missed |= step.Lateness != Lateness.None;
        }

        public readonly bool Touches(double bottom, double top) => _any && _lowest <= top && _highest >= bottom;
    }
}
