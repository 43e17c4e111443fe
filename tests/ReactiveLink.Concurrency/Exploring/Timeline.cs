using System.Globalization;
using System.Text;
using ReactiveLink.Concurrency.Checking;

namespace ReactiveLink.Concurrency.Exploring;

/// <summary>A history as a table: a column for each thread, time downwards.</summary>
internal static class Timeline
{
    private const int Width = 34;

    public static string Of(IReadOnlyList<Effect> effects, IReadOnlyList<Switch> switches)
    {
        var rows = new List<(int Time, int Order, int Thread, string Text)>();
        foreach (var effect in effects)
        {
            rows.Add((effect.Begin, 1, effect.Thread, $"┌ {effect.Name}({effect.A}{(effect.B != 0 ? $", {effect.B}" : "")})"));
            if (effect.End != int.MaxValue)
            {
                rows.Add((effect.End, 0, effect.Thread, $"└ {effect}"));
            }
        }

        foreach (var change in switches.Where(change => change.From >= 0))
        {
            rows.Add((change.Time, 2, change.From, $"· {change.Where} → thread {change.To}"));
        }

        var columns = rows.Count == 0 ? 1 : rows.Max(row => row.Thread) + 1;
        var text = new StringBuilder();
        text.Append("  time ");
        for (var thread = 0; thread < columns; thread++)
        {
            text.Append($"thread {thread}".PadRight(Width));
        }

        text.AppendLine();
        foreach (var (time, _, thread, line) in rows.OrderBy(row => row.Time).ThenBy(row => row.Order))
        {
            text.Append(string.Create(CultureInfo.InvariantCulture, $"{time,6} ")).Append(' ', thread * Width).AppendLine(line);
        }

        return text.ToString();
    }
}
